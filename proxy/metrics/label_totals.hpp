#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::metrics {

/// A number with what it is about.
struct named_total {
    std::string name;
    std::uint64_t count = 0;
};

/// What labels said about one version of one route.
struct version_labels {
    std::string route;
    std::string backend;
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
    std::uint64_t scores = 0;
    double score_sum = 0;
};

/// Everything that /metrics shows about labels. Lifetime: a value.
struct label_totals {
    std::vector<named_total> received;  ///< through POST /feedback, by what became of them
    std::vector<named_total> answers;   ///< in answers, by what became of them
    std::vector<version_labels> versions;
    std::vector<named_total> refused;  ///< calls of POST /feedback, by reason
    std::uint64_t predictions = 0;     ///< that are remembered now
    std::uint64_t predictions_dropped = 0;
    std::uint64_t notes_dropped = 0;   ///< of answers, because nobody read fast enough
    std::uint64_t notes_missing = 0;   ///< asked of answers that did not hold them
    std::uint64_t scores_dropped = 0;  ///< because one tick had too many
    std::uint64_t groups = 0;          ///< transactions
};

}  // namespace millrace::metrics
