"""The words of `content/contacts.toml`, beside which numbers, handles and addresses are told."""

from __future__ import annotations

from functools import cache

import msgspec

from preprocess.personal_kinds import read_content


class ContactWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lists of words parted by white space; the file says what each is for."""

    banks: str
    services: str
    annotations: str
    page_hosts: str
    path_hosts: str
    provinces: str
    housing: str
    counters: str
    spaced_counters: str
    licence_regions: str


@cache
def contact_words() -> ContactWords:
    """Read the file once.

    Raises:
        ContentError: It does not fit.

    """
    return read_content("contacts.toml", ContactWords)
