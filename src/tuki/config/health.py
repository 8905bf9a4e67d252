"""Whether all is well, for a monitor, and how much of everything, for Prometheus. Nothing of a person."""

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Max, Min, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import resolve
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from tuki.jobs.models import Beat, Job, State
from tuki.mail.models import Delivery, RawMail
from tuki.mail.standing import standing

FRESH = timedelta(seconds=30)  # a worker whose last beat is older is taken for dead
MOST = 999  # counts stop here

_PROBES = ("/healthz", "/metrics")


def before_all(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answer probes before it is asked who comes. That needs the database, whose loss they are to tell."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in _PROBES:
            return get_response(request)
        request.resolver_match = resolve(request.path_info)
        answer: HttpResponseBase = request.resolver_match.func(request)
        return answer

    return middleware


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers and a worker is alive, else 503; inside, also what somebody may want to see to."""
    told: dict[str, object] = {"database": True, "worker": False, "disk_free_bytes": _free_bytes()}
    try:
        beat = Beat.objects.aggregate(newest=Max("at"))["newest"]
        told["worker"] = beat is not None and timezone.now() - beat < FRESH
        told["jobs"] = {
            "oldest_waiting_seconds": _oldest_waiting(),
            "failed": _capped(Job.objects.filter(state=State.FAILED)),
        }
        now = standing()
        told["mail"] = {
            "server_is_set": settings.SMTP is not None,
            "parked": _capped(_parked()),
            "in_waiting_seconds": round(now.in_waiting.total_seconds(), 1),
            "out_waiting_seconds": round(now.out_waiting.total_seconds(), 1),
            "sources_failing": now.failing,
            "quarantined": min(now.quarantined, MOST),
            "failed": min(now.failed, MOST),
        }
    except DatabaseError:
        told["database"] = False
    well = told["database"] is True and told["worker"] is True
    shown = {"well": well} | (told if _from_inside(request) else {})
    return JsonResponse(shown, status=200 if well else 503, headers={"Cache-Control": "no-store"})


def metrics(request: HttpRequest) -> HttpResponse:
    """The counts of all processes of this node, and what the database knows; for our own networks only."""
    if not _from_inside(request):
        return HttpResponse("Metrics are told to private networks only.\n", status=403, content_type="text/plain")
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    else:
        counted = REGISTRY  # one process, such as a test's
    known = CollectorRegistry()
    known.register(_Known())
    return HttpResponse(generate_latest(counted) + generate_latest(known), content_type=CONTENT_TYPE_LATEST)


class _Known:
    """What is read from the database at the moment it is asked for."""

    def collect(self) -> Iterable[Metric]:
        try:
            yield from self._read()
        except DatabaseError:
            return

    def _read(self) -> Iterable[Metric]:
        jobs = GaugeMetricFamily("tuki_jobs", "Jobs by kind and state; done ones are gone", labels=["kind", "state"])
        for kind, state, count in Job.objects.values_list("kind", "state").annotate(count=Count("pk")):
            jobs.add_metric([kind, state], count)
        yield jobs
        yield GaugeMetricFamily("tuki_jobs_oldest_seconds", "How long the oldest ready job waits", _oldest_waiting())
        # By the newest row's id: nobody counts rows that grow without end.
        yield CounterMetricFamily("tuki_mail_in", "Mails taken in, as numbered by the ledger", _newest_id(RawMail))
        yield CounterMetricFamily("tuki_mail_out", "Mails made, as numbered by the ledger", _newest_id(Delivery))
        yield GaugeMetricFamily(
            "tuki_mail_parked", f"Mails that no server is set for, at most {MOST}", _capped(_parked())
        )
        now = standing()
        waits = GaugeMetricFamily("tuki_mail_waiting_seconds", "How long the oldest mail waits", labels=["way"])
        waits.add_metric(["in"], now.in_waiting.total_seconds())
        waits.add_metric(["out"], now.out_waiting.total_seconds())
        yield waits
        yield GaugeMetricFamily(
            "tuki_mail_sources_failing", "Accounts from which mail has not been fetched for too long", now.failing
        )
        quarantined, failed = min(now.quarantined, MOST), min(now.failed, MOST)
        yield GaugeMetricFamily("tuki_mail_quarantined", f"Mails in quarantine, at most {MOST}", quarantined)
        yield GaugeMetricFamily("tuki_mail_failed", f"Failed mails that nobody saw to, at most {MOST}", failed)
        yield GaugeMetricFamily("tuki_disk_free_bytes", "Free space where the data lies", _free_bytes())


def _from_inside(request: HttpRequest) -> bool:
    """Whether a machine of a private network asks: how busy a desk is concerns nobody else."""
    try:
        return ip_address(request.META["REMOTE_ADDR"]).is_private
    except ValueError:
        return False


def _oldest_waiting() -> float:
    now = timezone.now()
    oldest = Job.objects.filter(state=State.READY, run_at__lte=now).aggregate(oldest=Min("run_at"))["oldest"]
    return round((now - oldest).total_seconds(), 1) if oldest else 0.0


def _parked() -> QuerySet[Delivery]:
    return Delivery.objects.filter(parked=True)


def _capped(rows: QuerySet[Job] | QuerySet[Delivery]) -> int:
    return rows.order_by()[:MOST].count()


def _newest_id(model: type[Model]) -> int:
    return model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0


def _free_bytes() -> int:
    return shutil.disk_usage(settings.STATIC_ROOT.parent).free
