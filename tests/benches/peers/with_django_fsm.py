"""django-fsm-2 with the log of django-fsm-log, and the guard against races that its documentation advises."""

from django.contrib.auth.models import User
from django.db import models, transaction as database
from django_fsm import ConcurrentTransition as Stale
from django_fsm import ConcurrentTransitionMixin, FSMField, transition
from django_fsm_log.decorators import fsm_log_by

PACKAGES = ("django-fsm-2", "django-fsm-log")


class Report(ConcurrentTransitionMixin, models.Model):
    title = models.CharField(max_length=200)
    state = FSMField(default="draft", protected=True)

    class Meta:
        app_label = "with_django_fsm"

    @fsm_log_by
    @transition(field=state, source="draft", target="review")
    def submit(self, by=None):
        pass

    @fsm_log_by
    @transition(field=state, source="review", target="published")
    def publish(self, by=None):
        pass

    @fsm_log_by
    @transition(field=state, source="published", target="draft")
    def retract(self, by=None):
        pass


TABLES = (Report,)
HISTORY = (
    "SELECT id, object_id AS report, timestamp AS at, source_state AS source, state AS target, by_id AS actor"
    " FROM django_fsm_log_statelog"
)


def read(subject: int) -> Report:
    return Report.objects.get(pk=subject)


def state(report: Report) -> str:
    return report.state


def move(report: Report, name: str, actor: User) -> None:
    # The log is written by the transition, before the save that may yet be refused: one transaction has both.
    with database.atomic():
        # By its name: the log does not see an actor that is passed by position.
        getattr(report, name)(by=actor)
        report.save()
