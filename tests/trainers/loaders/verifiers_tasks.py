"""What verifiers makes of a dataset, and how it scores replies to the first problem, as JSON.

Runs in the environment of verifiers: `python verifiers_tasks.py FOLDER REPLY...`.
"""

import asyncio
import json
import sys

import verifiers.v1 as vf
from verifiers.v1.graph import MessageNode
from verifiers.v1.trace import AgentInfo, TraceTask
from verifiers.v1.types import AssistantMessage
from verifiers.v1.utils.loaders import taskset_class

NAME = "calm_taskset"


def main(folder: str, *replies: str) -> None:
    """Print the data of every task and a reward for each reply."""
    sys.path.insert(0, folder)
    taskset = taskset_class(NAME)(vf.TasksetConfig(id=NAME))
    tasks = list(taskset)
    told = [task.data.model_dump(mode="json") for task in tasks]
    print(json.dumps({"tasks": told, "scores": [_score(tasks[0], reply) for reply in replies]}))


def _score(task, reply: str) -> float:
    node = MessageNode(message=AssistantMessage(content=reply), sampled=True)
    trace = vf.Trace(
        task=TraceTask(type=type(task).__name__, data=task.data),
        agent=AgentInfo(config=vf.AgentConfig()),
        nodes=[node],
    )
    asyncio.run(task.score(trace))
    return trace.reward


if __name__ == "__main__":
    main(*sys.argv[1:])
