"""What the command says, and the one exception it turns into a sentence."""

from __future__ import annotations


class Problem(Exception):
    """Something the person can mend; the sentence says what. `code` is the exit code."""

    def __init__(self, sentence: str, code: int = 3) -> None:
        super().__init__(sentence)
        self.code = code


def say(sentence: str) -> None:
    print(sentence, flush=True)


def first_line(error: BaseException) -> str:
    """What an error says, in one line that ends with a stop."""
    text = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return text if text.endswith(".") else f"{text}."
