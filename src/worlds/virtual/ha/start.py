"""Starts one of the daemons: `python3 -I -S start.py pmxcfs|lrm|crm|mux`.

One small launcher, because Python compiles a program anew at every start but keeps the modules that it imports.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

if __name__ == '__main__':
    __import__(sys.argv[1]).main()
