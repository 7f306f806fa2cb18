#pragma once

#include "proxy/config/configuration.hpp"

#include <string>

namespace millrace::config {

/// The effective configuration as YAML: every value, defaults included. Secrets are left out and
/// told in comments; values of header fields that look like secrets are masked. Loading the dump
/// gives the same configuration but for those.
[[nodiscard]] std::string dump_yaml(const configuration& from);

/// One rollout as JSON, every value, defaults included: the same text for the same rollout.
[[nodiscard]] std::string dump_json(const rollout::params& from);

}  // namespace millrace::config
