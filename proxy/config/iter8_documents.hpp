#pragma once

#include "proxy/config/reader.hpp"
#include "proxy/iter8/params.hpp"

/// Documents of Iter8's API group, one at a time. What they hold beside what is needed is passed
/// over. Each reports to `in`.
namespace millrace::config {

/// An Experiment: metadata, spec, and of its status what its analytics start from.
void read_iter8_experiment(reader& in, const node& from, iter8::experiment& to);

/// A Metric; `from` is the whole document.
void read_iter8_metric(reader& in, const node& from, iter8::metric& to);

}  // namespace millrace::config
