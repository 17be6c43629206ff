"""How the scripts speak: one sentence a step, and one clear sentence when they must stop."""


class Stop(Exception):
    """Something is missing or wrong; the message says what, and what to do."""


def say(sentence: str) -> None:
    print(f"· {sentence}", flush=True)
