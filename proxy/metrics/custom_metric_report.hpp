#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::metrics {

/// What is shown about metrics that other systems tell. A value.
struct custom_metric_report {
    struct fetch_count {
        std::string metric;
        std::string state;  ///< that it ended in
        std::uint64_t count = 0;
    };

    struct fetch_time {
        std::string metric;
        double seconds = 0;  ///< of all fetches
    };

    struct version_value {
        std::string route;
        std::string metric;
        std::string version;
        double value = 0;
    };

    std::vector<fetch_count> fetches;
    std::vector<fetch_time> seconds;
    std::vector<version_value> values;  ///< that are fresh
};

}  // namespace millrace::metrics
