#include "proxy/metrics/exposition.hpp"

#include "proxy/metrics/families.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

namespace millrace::metrics {

namespace {

class collector final : public prometheus::Collectable {
 public:
    collector(const registry& from, params params) : from_{from}, params_{std::move(params)} {}

    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
        std::vector<prometheus::MetricFamily> all;
        families::append_versions(all, from_, params_);
        families::append_workers(all, from_);
        families::append_control(all, from_);
        families::append_custom_metrics(all, from_);
        families::append_journal(all, from_);
        if (auto const labels = from_.labels()) {
            families::append_labels(all, *labels);
        }
        families::append_process(all);
        // A family without series would print its HELP and TYPE alone.
        std::erase_if(all, [](const auto& family) { return family.metric.empty(); });
        return all;
    }

 private:
    const registry& from_;
    params params_;
};

}  // namespace

std::unique_ptr<prometheus::Collectable> make_collectable(const registry& from, params params) {
    return std::make_unique<collector>(from, std::move(params));
}

std::string text_exposition(const registry& from, const params& params) {
    return prometheus::TextSerializer{}.Serialize(collector{from, params}.Collect());
}

}  // namespace millrace::metrics
