#pragma once

#include <cstdio>
#include <cstdlib>

/// Stops the process when we ourselves are wrong; on in every build. Never for what a peer causes.
#define MILLRACE_ASSERT(condition)                                                                 \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
