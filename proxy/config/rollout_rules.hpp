#pragma once

#include "proxy/config/reader.hpp"
#include "proxy/config/shapes.hpp"

#include <string>
#include <vector>

/// Rules over several keys of a rollout. Each reports to `in`; `from` is the rollout's mapping.
namespace millrace::config {

/// No candidate twice.
void check_candidates(reader& in, const node& from, const rollout::params& read);

/// Steps rise to 100, or are the one share; what they leave to the primary is enough to compare.
void check_steps(reader& in, const node& from, const rollout::params& read);

/// A soak time where it has an effect, and only there.
void check_soak(reader& in, const node& from, const rollout::params& read);

/// No metric twice, and no more outcomes than a worker counts.
void check_guardrails(reader& in, const node& from, const rollout::params& read);

/// How the rollout fits the rest of its route, whose mapping `from` is.
void check_rollout_of(reader& in, const node& from, const route_entry& read);

/// On a sticky route units are judged, by the fraction of their requests unless the file says
/// otherwise.
void set_unit_outcome(const routing::affinity_params& affinity, rollout::params& of);

/// The backend with the largest weight that is no candidate; empty when not exactly one has it.
[[nodiscard]] std::string default_primary(
    const std::vector<routing::backend_ref>& refs, const rollout::params& rollout
);

}  // namespace millrace::config
