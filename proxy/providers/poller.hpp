#pragma once

#include "proxy/providers/metric_board.hpp"
#include "proxy/providers/params.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millrace::providers {

/// A rollout's part: what it wants to know about whom.
struct watch {
    struct version {
        std::string name;
        std::vector<named_text> variables;
    };

    std::string route;
    std::vector<std::string> metrics;
    std::vector<version> versions;
};

/// Fetches the metrics of rollouts that run, each at its own interval, and puts what came onto the
/// board. Its own thread; expressions run on another. Lifetime: the gateway's, within the board's.
/// Thread: members may be called from any.
///
///   poller fetching{board};  fetching.configure(metrics, watches);
class poller {
 public:
    explicit poller(metric_board& board);
    /// Ends every fetch.
    ~poller();
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;

    /// Replaces what is fetched.
    void configure(std::vector<metric_params> metrics, std::vector<watch> watches);

 private:
    struct loop;
    std::unique_ptr<loop> loop_;
};

/// What is wrong with the expressions of metrics, a sentence each. Any thread.
[[nodiscard]] std::vector<std::string> expression_problems(const std::vector<metric_params>& metrics
);

}  // namespace millrace::providers
