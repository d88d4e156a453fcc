// The thread layer of a program with one thread.

#pragma once
#include <bits/gthr-single.h>
