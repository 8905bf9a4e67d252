"""The second mail server: it takes what the desk sends, and is a process of its own that can be killed.

    python -m tests.crash.mail_server PORT FOLDER

Each mail is a line of FOLDER/taken, written before its 250. While there is a file FOLDER/hold, nobody is told 250;
where there is a file FOLDER/die, the server kills itself instead.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.crash.leash import die_with_parent


class Taking:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken = (folder / "taken").open("a", encoding="utf-8")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = (envelope.original_content or b"").decode("latin-1")
        self._taken.write(json.dumps({"to": envelope.rcpt_tos, "mail": mail}) + "\n")
        self._taken.flush()
        if (self._folder / "die").exists():
            (self._folder / "die").unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.to_thread(self._hold)
        return "250 taken"

    def _hold(self) -> None:
        while (self._folder / "hold").exists():
            time.sleep(0.02)


async def main(port: int, folder: Path) -> None:
    taking = Taking(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(taking, hostname="second.example", loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
