"""The tables. The database is the truth; what is said here is all that survives a restart.

Promises: steps, executions, proposals, judgements, verdicts and events are only ever inserted; an
undone decision is marked, never removed. `state` columns are summaries that a query can filter on,
each kept by the one action that changes what it sums up.
"""

from app.db.tables.access import (
    Attempt,
    IdentityRow,
    Invitation,
    Mail,
    RecoveryCode,
    SecondFactor,
    ServiceAccount,
    Token,
)
from app.db.tables.api import KeptAnswer
from app.db.tables.assigning import Assignment, Group, GroupMember, Knowledge, Known, Rule
from app.db.tables.base import Base
from app.db.tables.benchmarks import Benchmark, BenchmarkProblem
from app.db.tables.history import ChainHead, Event, EventLink
from app.db.tables.judging import (
    GoldStandard,
    Judgement,
    Note,
    ProposalRow,
    Review,
    TrialRow,
    Verdict,
)
from app.db.tables.people import Login, Membership, Preference, Project, QueueOrder, Secret, User
from app.db.tables.sketches import SketchRow
from app.db.tables.talk import Comment, Mention, Thread
from app.db.tables.traces import (
    Branch,
    Claim,
    Doubt,
    ExecutionRow,
    ImportedAnnotation,
    ProblemRow,
    PutOff,
    ReferenceChange,
    SolveRow,
    StepRow,
    Trace,
    WorkMark,
    WorkTime,
)
from app.db.tables.webhooks import Delivery, Webhook
from app.db.tables.work import Batch, Bulk, Dataset, Job, Push, Queue, SearchText, Usage

__all__ = [
    "Assignment",
    "Attempt",
    "Base",
    "Batch",
    "Benchmark",
    "BenchmarkProblem",
    "Branch",
    "Bulk",
    "ChainHead",
    "Claim",
    "Comment",
    "Dataset",
    "Delivery",
    "Doubt",
    "Event",
    "EventLink",
    "ExecutionRow",
    "GoldStandard",
    "Group",
    "GroupMember",
    "IdentityRow",
    "ImportedAnnotation",
    "Invitation",
    "Job",
    "Judgement",
    "KeptAnswer",
    "Knowledge",
    "Known",
    "Login",
    "Mail",
    "Membership",
    "Mention",
    "Note",
    "Preference",
    "ProblemRow",
    "Project",
    "ProposalRow",
    "Push",
    "PutOff",
    "Queue",
    "QueueOrder",
    "RecoveryCode",
    "ReferenceChange",
    "Review",
    "Rule",
    "SearchText",
    "SecondFactor",
    "Secret",
    "ServiceAccount",
    "SketchRow",
    "SolveRow",
    "StepRow",
    "Thread",
    "Token",
    "Trace",
    "TrialRow",
    "Usage",
    "User",
    "Verdict",
    "Webhook",
    "WorkMark",
    "WorkTime",
]
