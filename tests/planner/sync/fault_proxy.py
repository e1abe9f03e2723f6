"""A relay between laptops and a server that cuts and stalls connections in the middle."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter


class FaultProxy:
    """Relays 127.0.0.1:port to a server. Of each hundred connections `resets` are cut somewhere in
    the stream and `stalls` fall silent; `faults` counts those that came to it."""

    def __init__(self, target: int, *, resets: int, stalls: int, seed: int = 0) -> None:
        self.target, self.resets, self.stalls = target, resets, stalls
        self.faults: Counter[str] = Counter()
        self.connections = 0
        self.port = 0
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0.05))  # what was aborted is closed
        self._loop.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        fate = self._chance.randrange(100)
        kind = "reset" if fate < self.resets else (
            "stall" if fate < self.resets + self.stalls else "")  # fmt: skip
        # Half of them early (logging in, asking), half amid what is sent.
        left = self._chance.choice((self._chance.randrange(3_000), self._chance.randrange(60_000)))
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(kind, left)
        both = [
            asyncio.ensure_future(self._pass(link, reader, back)),
            asyncio.ensure_future(self._pass(link, there, writer)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            for end in (writer, back):
                if link.cut:
                    _abort(end)
                end.transport.abort()

    async def _pass(
        self, link: "_Link", source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(4096):
                if link.kind and link.left < len(data):
                    if not link.cut:
                        self.faults[link.kind] += 1
                    link.cut = True
                    if link.kind == "stall":
                        await self._silence(source)
                        return
                    sink.write(data[: max(0, link.left)])
                    return
                link.left -= len(data)
                sink.write(data)
                await sink.drain()

    async def _silence(self, source: asyncio.StreamReader) -> None:
        """Take what comes and say nothing, until the other side has had enough."""
        while await source.read(65536):
            pass


class _Link:
    """One connection: what becomes of it, after how many bytes more."""

    def __init__(self, kind: str, left: int) -> None:
        self.kind, self.left, self.cut = kind, left, False


def _abort(end: asyncio.StreamWriter) -> None:
    """Make the closing a reset."""
    sock = end.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
