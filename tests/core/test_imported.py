"""Rows as finished traces: chats, tool messages, and responses with a log."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.answer import find_answer, grade, parse_answer
from app.core.fences import frame_output
from app.core.fields import BadField
from app.core.imported import trace_from_row
from app.core.trace import text_of

USER = {"role": "user", "content": "How many?"}
TEXT = (
    "<think>\nI solve it.\n```python\nprint(5)\n```\n```output\n5\n```\nGood.\n</think>\n"
    "It is \\boxed{5}."
)


def chat(*messages, **columns):
    return {"messages": [USER, *messages], **columns}


def assistant(content, **fields):
    return {"role": "assistant", "content": content, **fields}


def kinds(trace):
    return [step.kind for step in trace.steps]


def test_a_chat_becomes_steps_to_the_byte():
    row = chat(assistant(TEXT), answer="5", model="m")
    row["messages"].insert(0, {"role": "system", "content": "Think."})
    trace = trace_from_row(row)
    assert text_of(trace.steps) == TEXT
    assert kinds(trace) == ["thought", "code", "output", "thought", "answer"]
    assert trace.problem.question == "How many?"
    assert (trace.model, trace.system, trace.answer) == ("m", "Think.", None)
    assert grade(find_answer(TEXT), trace.problem.reference).correct


def test_outputs_are_marked_as_imported():
    outputs = [step for step in trace_from_row(chat(assistant(TEXT))).steps if step.mark]
    assert [(step.kind, step.author, step.mark) for step in outputs] == [
        ("output", "sandbox", "imported")
    ]


@pytest.mark.parametrize("arguments", ['{"code": "print(5)"}', {"code": "print(5)\n"}])
def test_tool_calls_become_code_and_tool_messages_output(arguments):
    call = {"type": "function", "function": {"name": "python", "arguments": arguments}}
    trace = trace_from_row(
        chat(
            assistant("Let me solve it.", tool_calls=[call]),
            {"role": "tool", "content": "5\n```\n"},
            assistant("It is \\boxed{5}.", reasoning_content="Good."),
        )
    )
    assert text_of(trace.steps) == (
        "Let me solve it.\n```python\nprint(5)\n```\n```output\n5\n ```\n```\n"
        "Good.\n</think>\n\nIt is \\boxed{5}."
    )
    assert kinds(trace) == ["thought", "code", "output", "thought", "answer"]


def test_a_call_without_code_is_kept_as_it_came():
    call = {"function": {"name": "search", "arguments": "not JSON"}}
    trace = trace_from_row(chat(assistant(None, tool_calls=[call])))
    assert json.loads(text_of(trace.steps)) == call


def test_a_question_column_stands_before_the_user_message():
    trace = trace_from_row(chat(assistant("a"), question="Only this?"))
    assert trace.problem.question == "Only this?"


@pytest.mark.parametrize("said", [TEXT, [USER, assistant(TEXT)]])
def test_the_text_of_a_trace_can_be_named_by_hand(said):
    row = {"question": "How many?", "gesagt": said, "response": "not this"}
    trace = trace_from_row(row, {"response": "gesagt"})
    assert text_of(trace.steps) == TEXT
    assert "gesagt" not in trace.problem.extra


RESPONSE = "A model:\n```python\nprint(1)\n```\nThat is all.\n"


def test_a_log_stands_behind_the_code():
    trace = trace_from_row({"question": "q", "response": RESPONSE, "log": "Objective value: 7.5\n"})
    assert kinds(trace) == ["thought", "code", "output", "thought"]
    assert text_of(trace.steps).replace(frame_output("Objective value: 7.5\n"), "") == RESPONSE
    assert trace.answer == "7.5"


@pytest.mark.parametrize(
    ("columns", "answer"),
    [
        ({}, None),
        ({"best_solution": "No Best Solution"}, "No Best Solution"),
        ({"best_solution": "3", "log": "Best objective 4.0e+00"}, "3"),
        ({"log": "Best solution   : 3050.000\nBest bound : 1"}, "3050.000"),
        ({"log": "nothing", "response": f"{RESPONSE}\\boxed{{9}}", "best_solution": "3"}, None),
    ],
)
def test_the_answer_is_the_box_else_the_solution_else_the_log(columns, answer):
    assert trace_from_row({"question": "q", "response": RESPONSE} | columns).answer == answer


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"question": "q"}, "no trace"),
        ({"response": "r"}, "no question"),
        (chat(), "The trace is empty"),
        (chat(assistant("a"), USER), "speaks again"),
        ({"messages": [assistant("a")]}, "question is empty"),
    ],
)
def test_a_row_without_a_trace_is_refused_with_a_reason(row, words):
    with pytest.raises(BadField, match=words):
        trace_from_row(row)


roles = st.sampled_from(["system", "user", "assistant", "tool", None])
content = st.text(st.sampled_from("ab`\n\\boxed{}<think>/python"), max_size=40) | st.none()
call = st.dictionaries(st.just("function"), st.none() | st.dictionaries(st.text(), st.text()))
message = st.fixed_dictionaries(
    {"role": roles, "content": content | st.lists(st.none())},
    optional={"tool_calls": st.none() | st.lists(call), "reasoning_content": content},
)


@given(st.lists(message | st.none()))
def test_any_chat_gives_a_trace_or_a_reason(messages):
    try:
        trace = trace_from_row({"messages": messages})
    except BadField:
        return
    assert text_of(trace.steps).strip()


@pytest.mark.skipif("CALM_SAMPLE_DATA" not in os.environ, reason="CALM_SAMPLE_DATA is not set")
def test_every_published_trace_comes_in_with_its_log_and_answer():
    path = Path(os.environ["CALM_SAMPLE_DATA"], "orlm_industryor_executed.jsonl")
    right = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        trace = trace_from_row(row)
        logged = frame_output(row["execution_result"]) if row["execution_result"] else ""
        assert text_of(trace.steps).replace(logged, "") == row["en_math_model_coptpy_code"]
        assert "code" in kinds(trace)
        right += bool(
            trace.answer and grade(parse_answer(trace.answer), trace.problem.reference).correct
        )
    assert right == 36
