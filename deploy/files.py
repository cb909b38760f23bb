"""Files in the operator's folder that hold secrets."""

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write all of a file or, on a full disk or after Ctrl-C, nothing; only its owner can read it."""
    target = path.resolve()
    number, new = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(new).replace(target)
    except BaseException:
        Path(new).unlink()
        raise
