"""nameko: an entry point that consumes a queue; published by its standalone publisher, with confirms."""

from kombu import Exchange, Queue
from nameko.amqp.publish import Publisher
from nameko.messaging import consume

from bench.peers import work

QUEUE = Queue("peer.nameko", Exchange("peer.nameko", durable=True), "rows", queue_arguments={"x-queue-type": "quorum"})
rows = work.Rows()


class Store:
    """The service."""

    name = "store"

    @consume(QUEUE)
    def store(self, message: dict[str, str]) -> None:
        """Do the work."""
        rows.insert(message["row_id"], message["body"])


if __name__ == "__main__":
    publisher = Publisher(work.BROKER, exchange=QUEUE.exchange, routing_key="rows", declare=[QUEUE], serializer="json")
    work.publish(lambda row_id, body: publisher.publish({"row_id": row_id, "body": body}))
