"""Question files read: the contest's form and a general one, and every fault by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from preprocess.qa_csv import LONGEST, Asked, QaError, read_asked

HEAD = "id,질문_1,질문_2,category,답변_1,답변_2\n"
CONTEST = HEAD + 'Q_1,왜 쉬어?,"쉬는 까닭은, 무엇인가요?",휴관,청소합니다.,"""청소""를\n합니다."\n'


def write(folder: Path, text: str | bytes) -> Path:
    """Write a file of questions."""
    path = folder / "qa.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_contests_form(tmp_path: Path) -> None:
    """Wordings and answers keep their order; quotes, commas and line breaks in cells are text."""
    asked = Asked(
        id="Q_1",
        questions=("왜 쉬어?", "쉬는 까닭은, 무엇인가요?"),
        answers=("청소합니다.", '"청소"를\n합니다.'),
        category="휴관",
        line=2,
    )
    assert read_asked(write(tmp_path, b"\xef\xbb\xbf" + CONTEST.encode())) == (asked,)


def test_a_general_form_puts_answers_of_one_question_together(tmp_path: Path) -> None:
    """Without ids, lines that ask the same are one row; an answer given twice counts once."""
    text = "question,answer\n왜 쉬어?,청소합니다.\n언제 열어?,9시입니다.\n왜 쉬어?,쉽니다.\n"
    found = read_asked(write(tmp_path, text + "왜 쉬어? ,쉽니다.\n"))
    assert [(row.questions, row.answers, row.repeated) for row in found] == [
        (("왜 쉬어?",), ("청소합니다.", "쉽니다."), 1),
        (("언제 열어?",), ("9시입니다.",), 0),
    ]


def test_a_row_without_an_id_is_named_by_its_question_alone(tmp_path: Path) -> None:
    """Without the first row, the others keep their names: splits are drawn from these."""
    rows = "왜 쉬어?,청소합니다.\n언제 열어?,9시입니다.\n \u1109\u1175는?,9시입니다.\n"
    before = [row.id for row in read_asked(write(tmp_path, "질문,답변\n" + rows))]
    after = read_asked(write(tmp_path, "질문,답변\n" + rows.partition("\n")[2]))
    assert [row.id for row in after] == before[1:]
    assert len(set(before)) == 3
    assert read_asked(write(tmp_path, "질문,답변\n시는?,10시입니다.\n"))[0].id == before[2]


def test_letters_that_nobody_sees_are_dropped_and_counted(tmp_path: Path) -> None:
    """Two cells of the row held some; white space around an id is none of it."""
    text = "id,질문,답변\n Q_1\u200b ,왜 쉬\u200b어?,청소합니다.\n"
    assert read_asked(write(tmp_path, text)) == (
        Asked("Q_1", ("왜 쉬어?",), ("청소합니다.",), None, 2, unseen=2),
    )


def test_a_cell_may_be_long(tmp_path: Path) -> None:
    """The longest is read whole."""
    found = read_asked(write(tmp_path, f"질문,답변\n왜?,{'나' * LONGEST}\n"))
    assert len(found[0].answers[0]) == LONGEST


def test_letters_come_out_composed(tmp_path: Path) -> None:
    """Hangul in single letters, as some systems save it, becomes syllables."""
    found = read_asked(write(tmp_path, "question,answer\n\u110b\u116b?,나\n"))
    assert found[0].questions == ("왜?",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is empty"),
        ("id,질문\nQ_1,왜?\n", r"line 1: no column answer \(답변\)"),
        ("질문,답변,tags\n왜?,나,다\n", "line 1: column 3 is 'tags', which is not known"),
        ("질문,답변,답변\n왜?,나,다\n", "line 1: column 3 is '답변' again"),
        ("질문,답변\n", "line 2: there is no row"),
        (CONTEST + "Q_2,왜?,왜요?,휴관,나, \n", r"line 4, column 6 \(답변_2\): empty"),
        (CONTEST + "Q_1,왜?,왜요?,휴관,나,다\n", r"line 4, column 1 \(id\): Q_1 is also in line 2"),
        (CONTEST + "Q_2,왜?,왜요?,휴관,나\n", "line 4: 5 cells, and the header has 6"),
        (
            CONTEST + 'Q_2,왜?,"왜요?,휴관,나,다\nQ_3,왜?,왜요?,휴관,나,다\n',
            "line 4, column 3: the quo",
        ),
        (CONTEST + 'Q_2,왜?,"왜"요?,휴관,나,다\n', "line 4, column 3: the quote"),
        (
            CONTEST + "Q_1 ,왜?,왜요?,휴관,나,다\n",
            r"line 4, column 1 \(id\): Q_1 is also in line 2",
        ),
        (CONTEST + "Q_2,왜?,\u200b,휴관,나,다\n", r"line 4, column 3 \(질문_2\): empty"),
        (
            CONTEST + "Q_2,왜?,왜요?,휴관,나\0,다\n",
            r"line 4, column 5 \(답변_1\): .* U\+0000; delete",
        ),
        (
            CONTEST + "Q_2,왜?,왜요?,휴관,\x07\x1b[31m,다\n",
            r"line 4, column 5 \(답변_1\): .* U\+0007",
        ),
        (CONTEST + "Q_2\0,왜?,왜요?,휴관,나,다\n", r"line 4, column 1 \(id\): .* U\+0000"),
        (CONTEST + f"Q_2,왜?,왜요?,휴관,{'나' * 131_073},다\n", "line 4, column 5: 131,073 char"),
        ("ID,Question,답변\nQ_1,왜?,나\n", "line 1: column 1 is 'ID', .* small letters, 'id'"),
        ("id;질문;답변\nQ_1;왜?;나\n", "line 1: semicolons part the cells; .* must be a comma"),
        ('"질문"\t"답변"\n"왜?"\t"나, 다"\n', "line 1: tabs part the cells"),
        ("질문,답변\n왜?,나\n".encode("utf-16"), "line 1: the file is UTF-16; .* -f UTF-16"),
        ("질문,답변\n왜 쉬어?,나\n".encode("cp949"), "line 1, byte 1: not UTF-8"),
        ("질문,답변\n왜".encode() + "쉬어,나".encode("cp949"), "line 2, byte 4: not UTF-8"),
    ],
)
def test_each_fault_is_one_error_with_its_place(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    """Line and column are those that an editor shows."""
    with pytest.raises(QaError, match=rf"qa\.csv.*(?s:.*){told}"):
        read_asked(write(tmp_path, text))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Of many, the first eight are named and the others counted."""
    rows = "".join(f"Q_{n},왜?,왜요?,휴관,,다\n" for n in range(2, 12))
    with pytest.raises(QaError, match=r"line 4, (?s:.*)line 11, (?s:.*)and 2 more"):
        read_asked(write(tmp_path, CONTEST + rows))
