"""The interviewer: which answer a reply gives, which question comes next, and how it is asked."""
