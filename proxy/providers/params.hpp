#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What the configuration says about custom metrics: plain data, filled by config/.
namespace millrace::providers {

using std::chrono::milliseconds;

/// A name with a text, which may hold placeholders: $NAME or ${NAME}; $$ is a dollar sign.
struct named_text {
    std::string name;
    std::string value;

    friend bool operator==(const named_text&, const named_text&) = default;
};

/// Where a secret comes from; it is read whenever it is used, so it may change at run time.
struct secret_params {
    std::string name;  ///< of its placeholder
    std::string env;   ///< an environment variable; or
    std::string file;  ///< a file, at most 4 KiB, line feeds at its end do not count

    friend bool operator==(const secret_params&, const secret_params&) = default;
};

enum class metric_type : std::uint8_t {
    gauge,   ///< may go up and down
    counter  ///< only rises
};

enum class auth_kind : std::uint8_t {
    none,
    basic,   ///< from the secrets `username` and `password`
    bearer,  ///< from the secret `token`, unless a header says Authorization itself
    api_key  ///< headers hold placeholders of secrets
};

enum class method : std::uint8_t { get, post };

/// A metric whose value an HTTP server tells as JSON. Placeholders of the URL and of headers stand
/// for secrets; those of params and body for the version that is asked about: $name, its variables,
/// $elapsedTime (whole seconds since the rollout began, at least 1), $interval (the same with "s").
struct metric_params {
    std::string name;
    std::string description;
    std::string units;
    std::string provider;  ///< what kind of database, for people
    metric_type type = metric_type::gauge;
    std::string url;                 ///< http:// or https://
    std::vector<named_text> params;  ///< of the query
    std::vector<named_text> headers;
    providers::method method = method::get;
    std::string body;  ///< JSON, with POST
    auth_kind auth = auth_kind::none;
    std::vector<secret_params> secrets;
    std::string secret_dir;   ///< holds further secrets, a file each; empty: none
    std::string ca_file;      ///< who may have signed the server's certificate; empty: the system's
    std::string jq;           ///< the first thing that it gives is the value: a number
    std::string sample_size;  ///< another metric: how much this one was computed from
    milliseconds interval{10'000};  ///< between two fetches
    milliseconds timeout{5'000};    ///< of one fetch, the expression included
    milliseconds max_age{0};        ///< after which a value is stale; 0: three intervals
    std::uint32_t answer_bytes_max = 1U << 20U;

    friend bool operator==(const metric_params&, const metric_params&) = default;
};

/// After this a value is stale.
[[nodiscard]] constexpr milliseconds max_age_of(const metric_params& metric) noexcept {
    return metric.max_age.count() > 0 ? metric.max_age : 3 * metric.interval;
}

}  // namespace millrace::providers
