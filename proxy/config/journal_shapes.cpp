#include "proxy/config/container_shapes.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/scalar_shapes.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

using std::chrono::milliseconds;

shape_ptr<journal::params> journal_shape() {
    using journal::params;
    using std::chrono::hours;
    using std::chrono::minutes;
    return object<params>()
        .field(
            "retention",
            &params::retention,
            duration<milliseconds>({minutes{1}, hours{24 * 365}}),
            "How far back a rollout can be replayed, in its own time; decisions stay."
        )
        .field(
            "rollout_bytes_max",
            &params::rollout_bytes_max,
            bytes<std::uint64_t>({1ULL << 20U, 1ULL << 40U}),
            "What the inputs of one rollout may take, whatever their age."
        )
        .field(
            "replayable_rollouts_max",
            &params::replayable_rollouts_max,
            integer<std::uint32_t>({0, 10'000}),
            "Ended rollouts of each route, the newest ones, that can be replayed."
        )
        .field(
            "commits_waiting_max",
            &params::commits_waiting_max,
            integer<std::uint32_t>({1, 10'000}),
            "Commits that wait for the disk; what comes beyond is sent again later."
        )
        .field(
            "marks_waiting_max",
            &params::marks_waiting_max,
            integer<std::uint32_t>({1, 10'000}),
            "Rollbacks that wait to be marked."
        )
        .build();
}

}  // namespace millrace::config
