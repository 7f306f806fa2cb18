#pragma once

#include "proxy/config/configuration.hpp"
#include "proxy/config/reader.hpp"

#include <vector>

/// Rules between custom metrics and what refers to them. Each reports to `in`.
namespace millrace::config {

/// No name twice, sample sizes that are there; and what rollouts refer to is there.
/// @param root  of the document
void check_custom_metrics(reader& in, const node& root, const configuration& read);

}  // namespace millrace::config
