#include "proxy/app/stats_functions.hpp"

#include <iterator>

namespace millrace::app {

namespace {

std::vector<stats_function> all_groups() {
    std::vector<stats_function> all;
    for (auto* const group :
         {&evidence_functions,
          &process_functions,
          &contrast_functions,
          &sequence_functions,
          &mean_functions,
          &canary_functions,
          &iter8_functions}) {
        auto functions = group();
        std::move(functions.begin(), functions.end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace

const std::vector<stats_function>& stats_functions() {
    static const std::vector<stats_function> all = all_groups();
    return all;
}

const stats_function* find_stats_function(std::string_view name) {
    auto const& all = stats_functions();
    auto const found = std::find_if(
        all.begin(),
        all.end(),
        [bare = name.substr(0, name.find(' '))](const stats_function& each) {
            return each.name == bare;
        }
    );
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> unknown_arguments(
    const boost::json::object& given, const std::vector<stats_argument>& known
) {
    std::vector<std::string> errors;
    for (auto const& member : given) {
        std::string_view const name{member.key().data(), member.key().size()};
        bool const is_known =
            std::any_of(known.begin(), known.end(), [name](const stats_argument& each) {
                return each.name == name;
            });
        if (!is_known) {
            errors.push_back(fmt::format("there is no argument '{}'", name));
        }
    }
    return errors;
}

}  // namespace millrace::app
