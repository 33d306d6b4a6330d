#!/bin/sh
# One of the sample packages of indexgen.
echo "Hello from @VERSION@"
