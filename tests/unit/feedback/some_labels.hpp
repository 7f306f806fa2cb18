#pragma once

#include "proxy/control/label_port.hpp"
#include "proxy/feedback/label.hpp"
#include "proxy/routing/route_table.hpp"

#include <cstdint>
#include <string>

namespace millrace::feedback::test {

/// An exchange of route "risk" that was assigned to a version at a second.
inline server::exchange_id exchange(
    std::uint64_t sequence, const std::string& version, std::uint32_t assigned, std::uint32_t epoch
) {
    server::exchange_id id;
    id.incarnation = 7;
    id.route = routing::name_id_of("risk");
    id.version = routing::name_id_of(version);
    id.epoch = epoch;
    id.worker = 0;
    id.sequence = sequence;
    id.unix_seconds = assigned;
    return id;
}

inline label right_label(const server::exchange_id& of, bool right = true) {
    return {of, label_kind::label, right ? 1.0 : 0.0};
}

/// Of v1 (0.75) and v2 (0.25), with labels that count after a minute.
inline control::label_epoch epoch_of(std::uint32_t number, std::int64_t rollout = 1) {
    control::label_epoch made;
    made.rollout = {rollout};
    made.epoch = number;
    made.versions = {"v1", "v2"};
    made.masses = {49'152, 16'384};
    made.streams = {{.outcome = 3, .age = std::chrono::seconds{64}}};
    return made;
}

}  // namespace millrace::feedback::test
