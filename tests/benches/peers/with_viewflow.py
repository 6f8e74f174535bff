"""viewflow's state machine with a log in its `on_success`, corrected where that recipe loses or fakes a record."""

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from viewflow.fsm import State

PACKAGES = ("django-viewflow",)


class ReportState(models.TextChoices):
    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"


class Report(models.Model):
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=50, choices=ReportState.choices, default=ReportState.DRAFT)

    class Meta:
        app_label = "with_viewflow"


class ReportLog(models.Model):
    report = models.ForeignKey(Report, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=50)
    target = models.CharField(max_length=50)
    actor = models.ForeignKey(User, on_delete=models.PROTECT)

    class Meta:
        app_label = "with_viewflow"
        indexes = [models.Index(fields=["at"]), models.Index(fields=["source", "target"])]


TABLES = (Report, ReportLog)
HISTORY = "SELECT id, report_id AS report, at, source, target, actor_id AS actor FROM with_viewflow_reportlog"


class Stale(Exception):
    """Another client has moved the report since it was read."""


class ReportFlow:
    state = State(ReportState, default=ReportState.DRAFT)

    def __init__(self, report: Report):
        self.report = report

    @state.getter()
    def stored(self):
        # A row that comes from the database has a plain text, and a log that reads its `value` fails.
        return ReportState(self.report.state)

    @state.setter()
    def store(self, value):
        self.report.state = value

    @state.transition(source=ReportState.DRAFT, target=ReportState.REVIEW)
    def submit(self, actor):
        pass

    @state.transition(source=ReportState.REVIEW, target=ReportState.PUBLISHED)
    def publish(self, actor):
        pass

    @state.transition(source=ReportState.PUBLISHED, target=ReportState.DRAFT)
    def retract(self, actor):
        pass

    @state.on_success()
    def log(self, descriptor, source, target, actor):
        # Not `save()`, which checks nothing: two stale copies would both be logged.
        if not Report.objects.filter(pk=self.report.pk, state=source.value).update(state=target.value):
            raise Stale
        ReportLog.objects.create(report=self.report, source=source.value, target=target.value, actor=actor)


def read(subject: int) -> ReportFlow:
    return ReportFlow(Report.objects.get(pk=subject))


def state(flow: ReportFlow) -> str:
    return flow.report.state


def move(flow: ReportFlow, transition: str, actor: User) -> None:
    with transaction.atomic():
        getattr(flow, transition)(actor=actor)
