"""The words of the hints that rules propose, in the voice of a Reasoner that thinks aloud.

One template for each rule of `app.detectors`, by its name. `{numbers}` and the like stand for
values that the rule found, all of them from the problem or the trace. A hint has at most 40 tokens
by the estimate of `app.core.budget`, and names no answer. A project may have templates of its own.
"""

from collections.abc import Mapping

from app.core.budget import tokens_in
from app.core.proposal import MAX_HINT_TOKENS
from app.prompts.templates import filled, places_in, refusal, words_of

VERSION = "hints-3"
_LONGEST_VALUE = 24

TEMPLATES: Mapping[str, str] = {
    "trial-by-hand": "Wait, trying value after value is tedious and may miss the best. Let me "
    "write the model in Python and let a solver find it.",
    "corners-by-hand": "Hold on, I don't have to go through corner points by hand. A solver does "
    "this: let me write the model as a program.",
    "sums-by-hand": "This is a lot of arithmetic by hand, and easy to get wrong. Let me put the "
    "model into Python and solve it there.",
    "said-by-hand": "Rather than do this by hand, let me write the whole model as a Python program "
    "and let a solver do it.",
    "no-program": "Before I answer: I have not computed this yet. Let me write the whole model as "
    "a Python program and solve it.",
    "model-not-solved": "I have built the model but never solved it. Let me call the solver, and "
    "print the status and the objective.",
    "search-by-loops": "Instead of searching by hand-written loops I should give a solver the "
    "whole model: variables, objective, constraints.",
    "pieces-of-code": "These pieces solve nothing yet. Let me write a program with variables, "
    "objective and constraints, and call the solver.",
    "error-unresolved": "The program stopped with an error, so nothing is solved yet. Let me read "
    "the last line of the traceback and mend what it names.",
    "status-ignored": "The status is not optimal, so I can't use these numbers. Let me find out "
    "why before I go on.",
    "forged-output": "I should not guess what a program prints. Let me run the code and read its "
    "real output.",
    "result-overridden": "Wait, the solver has proven its optimum. If I doubt it, the model is the "
    "place to look; else its objective is the answer.",
    "worked-again": "The solver has already settled this; there is no need to work it out again by "
    "hand. I can use its result.",
    "solved-again": "I have solved this very model already, so solving it again tells nothing new. "
    "Let me use the result.",
    "rounded-solution": "Rounding an LP solution need not be optimal, or even feasible. Let me "
    "declare the variables integer and solve again.",
    "continuous-counted": "Wait, these things are counted, so they can't be split. The variables "
    "should be integer; let me change that and solve again.",
    "fraction-of-a-thing": "A fraction makes no sense for things that are counted. Let me declare "
    "the variables integer and solve again.",
    "integer-divisible": "Nothing in the problem says that these come in whole numbers. Let me "
    "make the variables continuous and solve again.",
    "whole-not-integer": "The problem says that these come whole, and my variables are continuous. "
    "Let me declare them integer and solve again.",
    "negative-cut-off": "The problem lets values go negative here, and my bounds cut that off. "
    "Let me correct the lower bounds and solve again.",
    "no-lower-bound": "My variables may go negative here, which makes no sense. Let me set their "
    "lower bounds and solve again.",
    "sense": "The question asks for the {asked}, but my program {done}. Let me turn the sense "
    "round and solve again.",
    "no-objective": "My model has no objective, so any feasible point counts as optimal. Let me "
    "add what is to be optimized.",
    "sum-for-worst": "The question is about the worst of these, not about their sum. Let me add "
    "a variable that bounds each of them, and optimize that.",
    "priced-afterwards": "I optimize something else and then work the answer out from the plan. "
    "The prices {numbers} belong in the objective itself.",
    "price-unused": "The problem gives {numbers}, and my objective leaves it out. Let me see what "
    "it is paid for and add that term.",
    "price-from-nowhere": "Where does {number} in my objective come from? Let me read the problem "
    "again and put in what it really says.",
    "number-unused": "My program never uses {numbers}, which the problem gives. Let me see what it "
    "limits and add what is missing.",
    "number-from-nowhere": "Where does {number} in my constraints come from? Let me read the "
    "problem again and correct that row.",
    "row-turned-round": "The problem says at {side} {number}, and my constraint says the opposite. "
    "Let me turn that row round and solve again.",
    "share-of-the-rest": "{number} is a share of all, and my row takes it of the others alone. "
    "Let me put the whole sum on that side and solve again.",
    "one-sided-difference": "A difference can go either way round, and I limited it in a single "
    "direction. Let me add the other row and solve again.",
    "percent-slipped": "Is {number} right in my program? The decimal point seems to have slipped. "
    "Let me correct it and solve again.",
    "limit-of-nothing": "My row with {number} can never bind, so it limits nothing. Let me read "
    "what this limit is about and write that row again.",
    "switch-idle": "My binary variables cost nothing and use up nothing when they are on. Let me "
    "see what switching on takes, and put that in.",
    "switch-apart": "Nothing ties my binary variables to what they switch on. Let me add the rows "
    "that link them and solve again.",
    "tour-in-parts": "Leaving and entering each place once may still give several separate loops. "
    "Let me add constraints that rule out subtours.",
    "optimum-of-zero": "An optimum that does nothing looks odd. Let me check that every demand is "
    "in the model, and each sign the right way round.",
    "outcome-accepted": "That status may be my own mistake. Let me go through my constraints row "
    "by row and find those that don't fit the problem.",
    "answer-not-objective": "This number is not what the solver found. Let me read the output "
    "again and answer with its objective.",
    "variable-reported": "The question asks for the objective, and this is another number of the "
    "output. Let me answer with the objective.",
    "sign-not-turned": "I minimized the negative, so the sign of the optimum has to be turned back "
    "before I answer.",
    "unit-not-asked": "Let me read again in which unit the answer is asked, and give the optimum "
    "in that unit.",
    "answer-not-printed": "No program printed this number. Let me read the output again and answer "
    "with what the solver gave.",
    "hard-coded-answer": "I just wrote that number into the code; nothing has computed it. Let me "
    "build the model and let a solver find it.",
    "claim-not-of-model": "What I printed is not what this model gives. Let me print the "
    "objective straight from the solver, unchanged.",
    "stated-not-solved": "I stated this constraint, but my program does not have it. Let me "
    "compare them line by line and mend the code.",
    "integers-not-solved": "I said that these are whole numbers, but my program leaves the "
    "variables continuous. Let me declare them integer and solve again.",
    "objective-not-as-stated": "The objective in my program has other coefficients than I "
    "stated. Let me check them against the problem.",
}


def words(rule: str, values: Mapping[str, str], own: Mapping[str, str]) -> str:
    """The hint of a rule with its values, in a project's own words where it has some."""
    short = {name: value[:_LONGEST_VALUE] for name, value in values.items()}
    return filled(words_of(own.get(rule, ""), TEMPLATES[rule], VERSION).text, short)


def version_of(rule: str, own: Mapping[str, str]) -> str:
    """The version of a rule's words: this file's, or one of the project's own."""
    return words_of(own.get(rule, ""), TEMPLATES[rule], VERSION).version


def template_refusal(rule: str, template: str) -> str | None:
    """Why these words can't be the template of a rule, or None where they can."""
    if rule not in TEMPLATES:
        return f"There is no rule called {rule}."
    if not template.strip():
        return "A hint needs words."
    if (tokens := tokens_in(template)) > MAX_HINT_TOKENS:
        return f"A hint has at most {MAX_HINT_TOKENS} tokens; this has about {tokens}."
    return refusal(template, places_in(TEMPLATES[rule]))
