// metric_files: Iter8's Metric documents, taken as they are.
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/iter8_loader.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

#include <algorithm>

namespace millrace::config {

namespace {

using providers::metric_params;

/// What is wrong with a metric that is to be fetched, or nothing.
std::string problem_of(const iter8::metric& metric) {
    auto const& params = metric.params;
    if (metric.is_mock) {
        return "a mock, which has no values";
    }
    if (!params.url.starts_with("http://") && !params.url.starts_with("https://")) {
        return "an urlTemplate without http:// or https://";
    }
    if (params.jq.empty()) {
        return "no jqExpression";
    }
    return {};
}

class metric_files_shape final : public shape<configuration> {
 public:
    void read(reader& in, const node& from, configuration& to) const override {
        to.metric_files.clear();
        to.metrics_of_files.clear();
        auto const errors_before = in.error_count();
        paths_->read(in, from, to.metric_files);
        for (std::size_t i = 0; in.error_count() == errors_before && i < to.metric_files.size();
             ++i) {
            reader::scope const inside{in, i};
            read_file(in, *from.items[i], to.metric_files[i], to.metrics_of_files);
        }
    }

    [[nodiscard]] json::value write(const configuration& from) const override {
        return paths_->write(from.metric_files);
    }

    [[nodiscard]] json::object schema() const override { return paths_->schema(); }

    [[nodiscard]] shape_info info() const override { return paths_->info(); }

 private:
    static text_rules path_rules() {
        text_rules rules;
        rules.type = "path";
        rules.expected = "the path of a file";
        return rules;
    }

    static void read_file(
        reader& in, const node& at, const std::string& path, std::vector<metric_params>& to
    ) {
        auto const loaded = load_iter8_file(path);
        if (!loaded) {
            for (auto const& error : loaded.error()) {
                auto text = to_text(error);
                text.erase(std::find(text.begin(), text.end(), '\n'), text.end());
                in.fail(at, "expected Iter8's Metric documents: " + text);
            }
            return;
        }
        if (loaded->metrics.empty()) {
            in.fail(at, "expected Iter8's Metric documents, got none in " + in_quotes(path));
        }
        for (auto const& metric : loaded->metrics) {
            if (auto const problem = problem_of(metric); !problem.empty()) {
                in.fail(
                    at,
                    "expected metrics that can be fetched, got " + in_quotes(metric.params.name) +
                        " with " + problem
                );
            }
            to.push_back(metric.params);
        }
    }

    shape_ptr<std::vector<std::string>> paths_ = list(text(path_rules()), {0, 1'000});
};

}  // namespace

shape_ptr<configuration> metric_files() {
    return std::make_shared<metric_files_shape>();
}

}  // namespace millrace::config
