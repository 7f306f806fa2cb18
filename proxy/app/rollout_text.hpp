#pragma once

#include <boost/json/object.hpp>

#include <string>

/// A rollout, as the admin API shows it, in words and numbers for people. Pure.
namespace millrace::app {

/// A few lines: where it stands, and one line per guardrail of each candidate.
[[nodiscard]] std::string rollout_summary(const boost::json::object& rollout);

/// The whole story: what is asked of the evidence, what it says, what is missing, and how it came
/// to where it is.
[[nodiscard]] std::string rollout_story(const boost::json::object& rollout);

}  // namespace millrace::app
