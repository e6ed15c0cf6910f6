#!/usr/bin/python3 -IS
"""bondproof's gate: what sudo lets a plain user run as root on this device (`bondproof gate` made it, for one lab file).

It runs a command only if that is one of those below, which are all that bondproof sends to this device: programs and scripts as they
are, or by their SHA-256; what varies, by a pattern; what goes to a command's standard input first, as a whole. Anything else ends with 126
and a line that says what was refused, and nothing is run.
"""
import hashlib
import json
import os
import re
import select
import shlex
import signal
import sys

ABOUT = '@about@'
SHAPES = json.loads(r'''@shapes@''')

INTERFACES = '/etc/network/interfaces'
ENVIRONMENT = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C'}
# sshd(8), SSH_CONNECTION: two addresses, with a zone where they are link-local, each with its port.
CONNECTION = r'[0-9A-Fa-f:.]+(%[\w.-]+)? \d+ [0-9A-Fa-f:.]+(%[\w.-]+)? \d+'

PATTERNS = {
    'token': r'[a-z0-9-]{1,128}',
    'number': r'[1-9]\d{0,8}',
    'seconds': r'[1-9]\d{0,3}',
    'milliseconds': r'[1-9]\d{0,4}',
    'text': r'.*',
    'quoted': r"'[^']*(?:'\\''[^']*)*'",  # one word of a shell, as shellText of transport/quote.ts writes it
}
TOKEN = [{'hole': 'token'}]
TEXT_BYTES = 1 << 20
INPUT_S = 60  # for what must have been read before the command is run


class Refused(Exception):
    pass


def decide(argv, fd):
    """The command to run, and what of its standard input was read on the way; None for one that has no input."""
    before, command = [], argv
    for prefix in (SHAPES['deadline'], SHAPES['fence']):
        head = command[:len(prefix)]
        if _fit_words(prefix, head, {}):
            before, command = [*before, *head], command[len(prefix):]
    if command == [SHAPES['about']]:
        return ['echo', ABOUT], None
    for shape in SHAPES['commands']:
        holes = {}
        if _fit_words(shape['argv'], command, holes):
            return [*before, *command], next((read(shape[key], fd, holes) for key, read in INPUTS.items() if key in shape), None)
    raise Refused('no command of bondproof for this lab')


def _fit_words(wanted, words, holes):
    return len(words) == len(wanted) and all(_fits(each, word, holes) for each, word in zip(wanted, words))


def _fits(pieces, text, holes):
    """A text as it is, the digest of one, or pieces with holes by name; a hole of one name has one value in all of a command."""
    if isinstance(pieces, str):
        return text == pieces
    if isinstance(pieces, dict):
        return hashlib.sha256(_bytes(text)).hexdigest() == pieces['sha256']
    names = [piece['hole'] for piece in pieces if isinstance(piece, dict)]
    pattern = ''.join(re.escape(piece) if isinstance(piece, str) else f'({PATTERNS[piece["hole"]]})' for piece in pieces)
    found = re.fullmatch(pattern, text, re.DOTALL | re.ASCII)
    return found is not None and all(holes.setdefault(name, value) == value for name, value in zip(names, found.groups()))


def _one_of_texts(texts, fd, holes):
    head = _read(fd, lambda data: len(data) > TEXT_BYTES)
    text = _text(head)
    for pieces in texts:
        seen = dict(holes)
        if len(head) <= TEXT_BYTES and _fits(pieces, text, seen):
            if 'quoted' in seen:
                seen['text'] = seen['quoted'][1:-1].replace("'\\''", "'")
            if 'text' in seen:
                _require_same_interfaces(seen['text'])
            return head
    raise Refused('its standard input is no text of bondproof for this lab')


def _begins(wanted, fd, holes):
    head = _read(fd, lambda data: len(data) >= wanted['bytes'])
    if hashlib.sha256(head[:wanted['bytes']]).hexdigest() != wanted['sha256']:
        raise Refused('its standard input does not begin with the agent of this version of bondproof')
    return head


def _one_of_plans(plans, fd, holes):
    """The holder's first line: all that it will ever run, and how that is undone."""
    head = _read(fd, lambda data: b'\n' in data or len(data) > TEXT_BYTES)
    line, newline, _ = head.partition(b'\n')
    try:
        plan = json.loads(line) if newline else None
    except ValueError:
        plan = None
    if not isinstance(plan, dict) or set(plan) != {'token', 'what', 'since', 'undo', 'parts', 'leaseMs', 'capMs'}:
        raise Refused('the plan of a fault is not whole')
    texts = all(isinstance(plan[key], str) and len(plan[key]) < 1024 for key in ('token', 'what', 'since'))
    times = all(type(plan[key]) is int and 0 < plan[key] < 10_000_000 for key in ('leaseMs', 'capMs'))
    if not (texts and times and isinstance(plan['undo'], str) and isinstance(plan['parts'], dict) and _fits(TOKEN, plan['token'], holes)):
        raise Refused('the plan of a fault has values of another kind')
    for each in plans:
        if _fits(each['undo'], plan['undo'], dict(holes)) and all(each['parts'].get(name) == part for name, part in plan['parts'].items()):
            return head
    raise Refused('the plan of a fault is none of bondproof for this lab')


INPUTS = {'texts': _one_of_texts, 'begins': _begins, 'plans': _one_of_plans}


def _require_same_interfaces(text):
    """Only options of the bond, and those only that bondproof sets, may differ, some by a hook: no other hook, template or file comes in that is not there."""
    try:
        with open(INTERFACES, 'rb') as file:
            present = _text(file.read())
    except OSError as error:
        raise Refused(str(error)) from None
    if _but_bond_options(present) != _but_bond_options(text):
        raise Refused(f'{INTERFACES} would differ in more than options of {SHAPES["bond"]}')


def _but_bond_options(text):
    """Lines without the bond's options. A line behind a backslash belongs to the one before it (ifupdown2, networkinterfaces.py)."""
    names = '|'.join(SHAPES['bondOptions']).replace('-', '[-_]')
    option = re.compile(rf'[ \t]*(?:(?:{names})[ \t]+[\w.,:+/ \t-]+|{SHAPES["bondHook"]})\r?', re.ASCII)
    kept, inside, continued = [], False, False
    for line in text.removesuffix('\n').split('\n'):
        words = line.split()
        if not continued and words and re.match(r'auto$|iface$|source$|source-directory$|vlan$|mapping$|allow(-|$)', words[0].replace('_', '-')):
            inside = words[:2] == ['iface', SHAPES['bond']]
        if continued or not inside or not option.fullmatch(line):
            kept.append(line.rstrip('\r'))
        continued = line.rstrip().endswith('\\')
    return kept


def _read(fd, enough):
    data = b''
    while not enough(data):
        more = os.read(fd, 65536)
        if not more:
            break
        data += more
    return data


def _bytes(text):
    return text.encode('utf-8', 'surrogateescape')


def _text(data):
    return data.decode('utf-8', 'surrogateescape')


def _become(argv, head):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what it runs would too
    if head is None:
        os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
    else:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            # Nobody's child: the command waits for its own children only.
            if os.fork() == 0:
                os.close(reader)
                _feed(writer, head)
            os._exit(0)
        os.waitpid(child, 0)
        os.dup2(reader, 0)
    os.closerange(3, 1024)
    os.umask(0o022)
    os.chdir('/')
    if re.fullmatch(CONNECTION, os.environ.get('SSH_CONNECTION', ''), re.ASCII):
        ENVIRONMENT['SSH_CONNECTION'] = os.environ['SSH_CONNECTION']
    os.execvpe(argv[0], argv, ENVIRONMENT)


def _feed(writer, head):
    """What was read, and then the rest as it comes, until either end is gone. Ends with SIGPIPE where nobody reads."""
    for fd in (1, 2):
        os.dup2(os.open('/dev/null', os.O_WRONLY), fd)
    while head:
        while head:
            head = head[os.write(writer, head):]
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(writer, 0)  # POLLERR when the command has closed its end (poll(2))
        if any(fd == writer for fd, _ in poll.poll()):
            break
        head = os.read(0, 65536)
    os._exit(0)


def main():
    argv = [_text(os.fsencode(word)) for word in sys.argv[1:]]
    if argv == ['ssh']:
        # As a key's forced command (sshd(8), AUTHORIZED_KEYS FILE FORMAT): the line that the session sent.
        prefix, line = SHAPES['line'], _text(os.fsencode(os.environ.get('SSH_ORIGINAL_COMMAND', '')))
        try:
            argv = shlex.split(line[len(prefix):]) if line.startswith(prefix) else [line]
        except ValueError:
            argv = [line]
    signal.alarm(INPUT_S)
    try:
        command, head = decide(argv, 0)
    except Refused as refused:
        sys.stderr.write(f'bondproof-gate: refused: {refused}: {json.dumps(argv)[:160]}\n')
        sys.exit(126)
    signal.alarm(0)
    _become([_bytes(word) for word in command], head)


if __name__ == '__main__':
    main()
