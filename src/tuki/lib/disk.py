"""What is known of the disk that we write to."""

import errno


def is_full(error: BaseException) -> bool:
    """Whether this says that there is no room left, rather than that something is broken."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
