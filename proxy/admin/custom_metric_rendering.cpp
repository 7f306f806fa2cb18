#include "proxy/admin/custom_metric_rendering.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace millrace::admin::rendering {

namespace json = boost::json;

namespace {

json::object object_of(const rollout::version_reading& one) {
    using rollout::reading_state;
    bool const has_value = one.state == reading_state::fresh || one.state == reading_state::stale;
    auto const state = rollout::name_of(one.state);
    return {
        {"state", json::string(json::string_view{state.data(), state.size()})},
        {"value", has_value ? json::value(one.value) : json::value(nullptr)},
        {"sample_size", one.sample_size ? json::value(*one.sample_size) : json::value(nullptr)}};
}

}  // namespace

json::array metrics_of(const rollout::candidate_assessment& one) {
    json::array all;
    for (auto const& each : one.metrics) {
        all.push_back(json::object{
            {"name", each.name},
            {"role", each.is_objective ? "objective" : "indicator"},
            {"primary", object_of(each.primary)},
            {"candidate", object_of(each.candidate)},
            {"holds", each.holds},
            {"lack", each.lack}});
    }
    return all;
}

}  // namespace millrace::admin::rendering
