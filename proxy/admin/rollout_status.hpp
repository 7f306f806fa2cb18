#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/state.hpp"
#include "proxy/rollout/step.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::admin {

/// One decision with what it was made on.
struct rollout_decision {
    std::string time;                 ///< wall clock, RFC 3339
    std::chrono::milliseconds at{0};  ///< the rollout's own time
    rollout::decision decision;
    std::string who;  ///< gave the command; empty: the controller decided
    std::string why;  ///< as they said
    rollout::assessment evidence;
    rollout::state after;
};

/// A route's rollout: what the file says, where it stands, what is known. A value.
struct rollout_status {
    static constexpr std::size_t decisions_max = 50;

    std::string route;
    std::string id;
    rollout::params params;  ///< its primary is named
    rollout::state state;
    rollout::assessment evidence;             ///< by candidate, empty before the first look
    std::vector<rollout_decision> decisions;  ///< the newest, in order of time
    std::vector<std::string> earlier{};       ///< those before, by other processes, as JSON
    std::string trouble;                      ///< why nothing is decided though something could be
    std::uint64_t ticks_lost = 0;             ///< of evidence that could not be read in time
    std::string waiting_for{};                ///< whose confirmation; empty: nobody's
    std::uint64_t units_known = 0;            ///< of a sticky route, that are remembered
    std::uint64_t units_lost = 0;             ///< of those, whose outcome a restart took
};

/// What somebody asks of a rollout.
struct rollout_command {
    rollout::command what = rollout::command::pause;
    std::string who;  ///< as they say
    std::string why;  ///< never empty for promote and rollback
};

}  // namespace millrace::admin
