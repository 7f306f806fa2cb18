#include "proxy/config/metric_writing.hpp"

#include "proxy/config/shapes.hpp"

namespace millrace::config {

json::object write_metrics(const std::vector<providers::metric_params>& metrics) {
    auto const shape = custom_metric_shape();
    auto const defaults = shape->write({}).as_object();
    json::object all;
    for (auto const& each : metrics) {
        auto const written = shape->write(each).as_object();
        json::object own;
        for (auto const& [key, value] : written) {
            auto const* usual = defaults.if_contains(key);
            if (usual == nullptr || *usual != value) {
                own[key] = value;
            }
        }
        all[each.name] = std::move(own);
    }
    return all;
}

}  // namespace millrace::config
