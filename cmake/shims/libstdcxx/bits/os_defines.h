// There is no operating system to describe. The one macro keeps <cctype> from expecting glibc's tables.

#pragma once
#define __NO_CTYPE 1
