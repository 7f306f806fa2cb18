#include "tests/unit/config/rollout_support.hpp"

#include "tests/unit/config/load_support.hpp"

namespace millrace::config::test {

namespace {

std::string with_rollout(std::string_view keys) {
    return with_split_route(
        "rollout: {" + std::string{keys} + "}, labels: {score: {header: x-score}}"
    );
}

}  // namespace

std::string with_split_route(std::string_view keys) {
    return "listeners: [{bind: 127.0.0.1:8080}]\n"
           "backends: {a: {url: 'http://x'}, b: {url: 'http://y'}, c: {url: 'http://z'}}\n"
           "routes:\n"
           "- {name: r, backend_refs: [{backend: a, weight: 90}, {backend: b, weight: 10}, "
           "{backend: c}], " +
           std::string{keys} + "}\n";
}

std::string rollout_errors(std::string_view keys) {
    return errors_of(with_rollout(keys));
}

rollout::params loaded_rollout(std::string_view keys) {
    return loaded(with_rollout(keys)).rollouts.at("r");
}

}  // namespace millrace::config::test
