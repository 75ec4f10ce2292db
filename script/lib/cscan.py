"""A small scanner for C, enough to find includes, calls and functions; no parser.

Comments, strings and preprocessor lines are blanked with their newlines kept, so every offset still tells its line.
"""

import re

TOKEN = re.compile(r"""//(?:\\\n|[^\n])*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w*)((?:\\\n|[^\n])*)", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
WORDS_BEFORE_BRACE = re.compile(r"([A-Za-z_]\w*)\s*$")
NOT_FUNCTIONS = {"if", "for", "while", "switch", "return", "sizeof", "__attribute__", "defined"}


def blank(text):
    """The same text with everything but newlines turned to spaces."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments blanked, strings kept."""
    return TOKEN.sub(lambda m: m.group() if m.group()[0] in "\"'" else blank(m.group()), text)


def code_only(text):
    """Comments blanked; strings and characters emptied: "..." becomes "   "."""
    def clean(match):
        token = match.group()
        return blank(token) if token[0] == "/" else token[0] + blank(token[1:-1]) + token[-1]
    return TOKEN.sub(clean, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    """Yields (line, quoted, path) for every #include."""
    for match in INCLUDE.finditer(without_comments(text)):
        yield line_of(text, match.start(2)), match.group(1) == '"', match.group(2)


def without_directives(code):
    """Preprocessor lines blanked, and of #if ... #else only the first branch kept: braces stay in balance."""
    out, last, skipping = [], 0, []
    for match in DIRECTIVE.finditer(code):
        piece = code[last:match.start()]
        out.append(blank(piece) if any(skipping) else piece)
        out.append(blank(match.group()))
        last = match.end()
        word = match.group(1)
        if word in ("if", "ifdef", "ifndef"):
            skipping.append(False)
        elif word in ("else", "elif") and skipping:
            skipping[-1] = True
        elif word == "endif" and skipping:
            skipping.pop()
    out.append(code[last:])
    return "".join(out)


def matching_open(code, close):
    """Offset of the parenthesis that the one at `close` ends, or -1."""
    depth = 0
    for at in range(close, -1, -1):
        if code[at] == ")":
            depth += 1
        elif code[at] == "(":
            depth -= 1
            if depth == 0:
                return at
    return -1


def function_name(code, brace, begin):
    """(name, offset) when the brace at file level opens a function's body, else None."""
    head = code[begin:brace].rstrip()
    while head.endswith(")"):
        opened = matching_open(head, len(head) - 1)
        if opened < 0:
            return None
        match = WORDS_BEFORE_BRACE.search(head[:opened])
        if not match:
            return None
        if match.group(1) == "__attribute__":
            head = head[:match.start()].rstrip()
            continue
        if match.group(1) in NOT_FUNCTIONS or "=" in head[:match.start()]:
            return None
        return match.group(1), begin + match.start()
    return None


def functions(text):
    """Yields (name, first line, number of lines) of every function body; the first line is that of the name."""
    code = without_directives(code_only(text))
    code = re.sub(r'extern\s*"\s*"\s*\{', lambda m: blank(m.group()), code)
    depth, begin, current = 0, 0, None
    for match in re.finditer(r"[{};]", code):
        char, at = match.group(), match.start()
        if char == "{":
            if depth == 0:
                current = function_name(code, at, begin)
            depth += 1
        elif char == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if current:
                    first, last = line_of(code, current[1]), line_of(code, at)
                    yield current[0], first, last - first + 1
                current, begin = None, at + 1
        elif depth == 0:
            begin = at + 1
