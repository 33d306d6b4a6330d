#!/bin/sh
# One of the sample packages of indexgen.
echo "Hello from 1.1.0"
