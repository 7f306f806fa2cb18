#pragma once

#include "proxy/simulation/params.hpp"
#include "proxy/simulation/summary.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace millrace::app {

/// What one rule, ours or another's, came to in one world.
struct simulated {
    std::string world;
    std::string rule;  ///< "millrace", "Kayenta, 60 min"
    simulation::summary summary;
    simulation::target target;  ///< ours only

    [[nodiscard]] simulation::target_verdict judged() const {
        return simulation::judge(summary, target);
    }
};

/// A table for people, in Markdown. Rates in percent; an interval is the exact 99 % one.
[[nodiscard]] std::string table_of(const std::vector<simulated>& rows);

/// The same for programs. Rates are in [0, 1], with their exact 99 % intervals.
[[nodiscard]] boost::json::object json_of(const simulated& row);

}  // namespace millrace::app
