#pragma once

#include "proxy/config/configuration.hpp"

#include <optional>
#include <string>

namespace millrace::config {

/// The effective configuration as YAML: every value, defaults included. Secrets are left out and
/// told in comments; values of header fields that look like secrets are masked. Loading the dump
/// gives the same configuration but for those.
[[nodiscard]] std::string dump_yaml(const configuration& from);

/// One rollout as JSON, every value, defaults included: the same text for the same rollout.
[[nodiscard]] std::string dump_json(const rollout::params& from);

/// What dump_json said, read again: equal to what it was made from. Nothing when it is no rollout.
/// What no key says (params.attempt) is as by default.
[[nodiscard]] std::optional<rollout::params> rollout_from_json(const std::string& text);

}  // namespace millrace::config
