"""Celery: a task for each event, acknowledged late; published with confirms."""

from celery import Celery
from kombu import Queue

from bench.peers import work

QUEUE = "peer.celery"

app = Celery("peer", broker=work.BROKER)
app.conf.update(
    task_queues=[Queue(QUEUE, queue_arguments={"x-queue-type": "quorum"})],
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=work.PREFETCH,
    broker_transport_options={"confirm_publish": True},
)
rows = work.Rows()


@app.task(name="store")
def store(row_id: str, body: str) -> None:
    """Do the work."""
    rows.insert(row_id, body)


if __name__ == "__main__":
    with app.producer_pool.acquire() as producer:
        work.publish(lambda row_id, body: store.apply_async((row_id, body), producer=producer))
