"""FastStream on aio-pika: a subscriber that acknowledges after the work; published with confirms."""

import asyncio
import sys
import time
from uuid import uuid4

from faststream import FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from bench.peers import work

QUEUE = RabbitQueue("peer.faststream", queue_type=QueueType.QUORUM, durable=True)

broker = RabbitBroker(work.BROKER, default_channel=Channel(prefetch_count=work.PREFETCH), logger=None)
app = FastStream(broker)
rows = work.Rows()


@broker.subscriber(QUEUE)
async def store(message: dict[str, str]) -> None:
    """Do the work."""
    rows.insert(message["row_id"], message["body"])


async def main(count: int) -> None:
    """Publish so many and print how many seconds that took."""
    async with broker:
        await broker.declare_queue(QUEUE)
        await broker.publish({"row_id": str(uuid4()), "body": work.BODY}, QUEUE, persist=True)
        began = time.perf_counter()
        for _ in range(count):
            await broker.publish({"row_id": str(uuid4()), "body": work.BODY}, QUEUE, persist=True)
        print(time.perf_counter() - began)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
