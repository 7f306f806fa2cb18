#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/rollout_rules.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>

namespace millrace::config {

namespace {

constexpr std::size_t backends_max = 10'000;
constexpr std::size_t routes_max = 10'000;

constexpr auto table_backends = [](auto& c) -> auto& {
    return c.table.backends;
};
constexpr auto table_key = [](auto& c) -> auto& {
    return c.table.affinity_key;
};
constexpr auto access_path = [](auto& c) -> auto& {
    return c.access_log.path;
};
constexpr auto access_queue = [](auto& c) -> auto& {
    return c.access_log.queue_lines_max;
};

text_rules path_rules(const char* what) {
    text_rules rules;
    rules.type = "path";
    rules.expected = what;
    return rules;
}

/// "stdout", a path, or off, which is the empty path.
class access_shape final : public shape<std::string> {
 public:
    void read(reader& in, const node& from, std::string& to) const override {
        bool const off = (from.kind == node::kind::boolean && ascii_f(from.text)) ||
                         (from.kind == node::kind::text && from.text == "off");
        if (off) {
            to.clear();
            return;
        }
        path_->read(in, from, to);
    }

    [[nodiscard]] json::value write(const std::string& from) const override {
        return from.empty() ? json::value("off") : path_->write(from);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"anyOf", json::array{json::object{{"const", false}}, path_->schema()}}};
    }

    [[nodiscard]] shape_info info() const override { return {"stdout | off | path", ""}; }

 private:
    static bool ascii_f(const std::string& text) {
        return text.front() == 'f' || text.front() == 'F';
    }

    shape_ptr<std::string> path_ = text(path_rules("stdout, off or the path of a file"));
};

shape_ptr<configuration> log_shape() {
    using log::level;
    shape_ptr<std::string> const access = std::make_shared<access_shape>();
    return object<configuration>()
        .field(
            "level",
            &configuration::log_level,
            choice<level>(
                {{"debug", level::debug},
                 {"info", level::info},
                 {"warning", level::warning},
                 {"error", level::error}}
            ),
            "The least important message that the operational log shows."
        )
        .field("access", access_path, access, "Where the access log goes, one JSON object a line.")
        .field(
            "access_queue_lines_max",
            access_queue,
            integer<std::uint32_t>({1, 1'000'000}),
            "Lines per worker that wait to be written; what does not fit is dropped and counted."
        )
        .build();
}

/// Rising bounds, told at the first one that does not rise.
class bounds_shape final : public shape<metrics::params::bounds> {
 public:
    void read(reader& in, const node& from, metrics::params::bounds& to) const override {
        auto const errors_before = in.error_count();
        list_->read(in, from, to);
        for (std::size_t i = 1; in.error_count() == errors_before && i < to.size(); ++i) {
            if (to[i] <= to[i - 1]) {
                reader::scope const inside{in, i};
                in.fail(
                    *from.items[i],
                    "expected rising bounds, got " + shown(*from.items[i]) + " behind " +
                        shown(*from.items[i - 1])
                );
            }
        }
    }

    [[nodiscard]] json::value write(const metrics::params::bounds& from) const override {
        return list_->write(from);
    }

    [[nodiscard]] json::object schema() const override { return list_->schema(); }

    [[nodiscard]] shape_info info() const override { return list_->info(); }

 private:
    shape_ptr<metrics::params::bounds> list_ = list(
        duration<microseconds>({microseconds{1}, std::chrono::hours{1}}),
        {1, metrics::params::buckets_max}
    );
};

shape_ptr<metrics::params> metrics_shape() {
    shape_ptr<metrics::params::bounds> const bounds = std::make_shared<bounds_shape>();
    return object<metrics::params>()
        .field(
            "latency_buckets",
            &metrics::params::latency_buckets,
            bounds,
            "Upper bounds of millrace_request_duration_seconds, rising."
        )
        .field(
            "first_byte_buckets",
            &metrics::params::first_byte_buckets,
            bounds,
            "Upper bounds of millrace_time_to_first_byte_seconds, rising."
        )
        .build();
}

shape_ptr<siphash_key> affinity_key_shape() {
    return object<siphash_key>()
        .field(
            "secret_env",
            whole,
            secret_from_environment(),
            "The environment variable that holds the secret, at least 16 bytes."
        )
        .field(
            "secret_file",
            whole,
            secret_from_file(),
            "The file that holds the secret, at least 16 bytes."
        )
        .exactly_one_of({"secret_env", "secret_file"})
        .build();
}

void add_process_keys(object<configuration>& root) {
    root.field(
            "workers",
            &configuration::workers,
            integer<std::uint32_t>({0, 1'024}),
            "Worker threads; 0: one per core that the process may use."
    )
        .field(
            "data_dir",
            &configuration::data_dir,
            text(path_rules("the path of a directory")),
            "Where weights survive a restart; none: in memory only."
        )
        .field(
            "journal",
            &configuration::journal,
            journal_shape(),
            "What data_dir keeps of rollouts, and for how long."
        )
        .field("log", whole, log_shape(), "The operational log and the access log.")
        .field("admin", &configuration::admin, admin_shape(), "The admin API, or off.")
        .field("metrics", &configuration::metrics, metrics_shape(), "What /metrics shows.")
        .field("ids", &configuration::ids, ids_shape(), "The ids that answers carry.")
        .field(
            "webhooks",
            &configuration::webhooks,
            webhooks_shape(),
            "Who is told what happens, and who has to confirm it."
        )
        .field(
            "affinity_key",
            table_key,
            masked(affinity_key_shape()),
            "The key of the hash that places units: the same in every replica. Default: a fixed, "
            "public one."
        );
}

/// The list of routes, whose rollouts go where the request path does not look.
class routes_shape final : public shape<configuration> {
 public:
    void read(reader& in, const node& from, configuration& to) const override {
        std::vector<route_entry> entries;
        list_->read(in, from, entries);
        for (auto& entry : entries) {
            if (entry.rollout) {
                auto& kept = to.rollouts[entry.name] = std::move(*entry.rollout);
                if (kept.primary.empty()) {
                    kept.primary = default_primary(entry.backend_refs, kept);
                }
                set_unit_outcome(entry.affinity, kept);
            }
            routing::route_params& route = entry;
            to.table.routes.push_back(std::move(route));
        }
    }

    [[nodiscard]] json::value write(const configuration& from) const override {
        std::vector<route_entry> entries;
        for (auto const& route : from.table.routes) {
            auto& entry = entries.emplace_back(route_entry{route, std::nullopt});
            if (auto const found = from.rollouts.find(route.name); found != from.rollouts.end()) {
                entry.rollout = found->second;
            }
        }
        return list_->write(entries);
    }

    [[nodiscard]] json::object schema() const override { return list_->schema(); }

    [[nodiscard]] shape_info info() const override { return list_->info(); }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        list_->list_keys(prefix, keys);
    }

 private:
    shape_ptr<std::vector<route_entry>> list_ = list(route_shape(), {1, routes_max});
};

shape_ptr<configuration> make_root() {
    shape_ptr<configuration> const routes = std::make_shared<routes_shape>();
    object<configuration> root;
    add_process_keys(root);
    root.required(
            "listeners",
            &configuration::listeners,
            list(listener_shape(), {1, 64}),
            "Where clients connect."
    )
        .required(
            "backends",
            table_backends,
            named(
                backend_shape(), &routing::backend_params::name, name_rules("the name of a backend")
            ),
            "The deployed model versions, by name."
        )
        .required("routes", whole, routes, "Which requests go where; the first that matches wins.")
        .field(
            "custom_metrics",
            &configuration::custom_metrics,
            custom_metrics_shape(),
            "Metrics that other systems tell over HTTP, by name."
        )
        .field(
            "metric_files",
            whole,
            metric_files(),
            "Files with Metric documents of Iter8 (v2alpha2), taken as they are."
        )
        .field(
            "metric_secrets_dir",
            &configuration::metric_secrets_dir,
            text(path_rules("the path of a directory")),
            "Where the secrets that those documents name lie: NAME/KEY or NAMESPACE/NAME/KEY."
        )
        .field(
            "feedback",
            &configuration::feedback,
            feedback_shape(),
            "Labels and scores that arrive behind the answers: POST /feedback."
        )
        .later("tracing", "Spans that are exported over OTLP/HTTP.")
        .check([](reader& in, const node& from, const configuration& read) {
            if (read.table.backends.size() > backends_max) {
                in.fail(from, fmt::format("expected at most {} backends", backends_max));
            }
        });
    return root.build();
}

}  // namespace

const shape<configuration>& root_shape() {
    static const shape_ptr<configuration> made = make_root();
    return *made;
}

}  // namespace millrace::config
