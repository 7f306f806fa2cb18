// Labels: what a route asks of its answers, and where labels come in that follow them.
#include "proxy/config/address.hpp"
#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

namespace millrace::config {

namespace {

using feedback::params;
using routing::answer_value;
using routing::comparison;
using routing::label_params;
using std::chrono::milliseconds;

constexpr std::size_t pointer_bytes_max = 1'024;

/// A JSON pointer (RFC 6901) to something inside: "/a/0", with ~0 for '~' and ~1 for '/'.
class pointer_shape final : public shape<std::vector<std::string>> {
 public:
    void read(reader& in, const node& from, std::vector<std::string>& to) const override {
        bool const is_pointer = from.kind == node::kind::text && from.text.starts_with('/') &&
                                from.text.size() <= pointer_bytes_max;
        auto tokens = is_pointer ? tokens_of(from.text) : std::vector<std::string>{};
        if (tokens.empty()) {
            in.fail(
                from,
                "expected a JSON pointer such as /result/0, with ~0 for '~' and ~1 for '/', got " +
                    shown(from)
            );
            return;
        }
        to = std::move(tokens);
    }

    [[nodiscard]] json::value write(const std::vector<std::string>& from) const override {
        if (from.empty()) {
            return nullptr;
        }
        std::string text;
        for (auto const& token : from) {
            text += '/';
            for (char const c : token) {
                text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
            }
        }
        return json::string(text);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"type", "string"}, {"pattern", "^(/([^~/]|~[01])*)+$"}};
    }

    [[nodiscard]] shape_info info() const override { return {"JSON pointer", ""}; }

 private:
    /// Nothing when a '~' stands alone.
    static std::vector<std::string> tokens_of(const std::string& text) {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '/') {
                tokens.emplace_back();
            } else if (text[i] != '~') {
                tokens.back() += text[i];
            } else if (i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
                tokens.back() += text[++i] == '0' ? '~' : '/';
            } else {
                return {};
            }
        }
        return tokens;
    }
};

/// What is not asked for is not shown.
template <class T>
class unless_empty_shape final : public shape<T> {
 public:
    explicit unless_empty_shape(shape_ptr<T> inner) : inner_{std::move(inner)} {}

    void read(reader& in, const node& from, T& to) const override { inner_->read(in, from, to); }

    [[nodiscard]] json::value write(const T& from) const override {
        return from.empty() ? json::value(nullptr) : inner_->write(from);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        inner_->list_keys(prefix, keys);
    }

 private:
    shape_ptr<T> inner_;
};

template <class T>
shape_ptr<T> unless_empty(shape_ptr<T> inner) {
    return std::make_shared<unless_empty_shape<T>>(std::move(inner));
}

shape_ptr<answer_value> answer_value_shape() {
    shape_ptr<std::vector<std::string>> const pointer = std::make_shared<pointer_shape>();
    auto const value = object<answer_value>()
                           .field(
                               "header",
                               &answer_value::header,
                               text(field_name_rules()),
                               "The field of the answer that holds it."
                           )
                           .field(
                               "pointer",
                               &answer_value::pointer,
                               pointer,
                               "Where it stands in the answer's JSON body; at most 240 bytes long."
                           )
                           .field(
                               "bytes_max",
                               &answer_value::bytes_max,
                               bytes<std::uint32_t>({1, 1U << 30U}),
                               "How much of the body is looked at while it passes."
                           )
                           .exactly_one_of({"header", "pointer"})
                           .build();
    return unless_empty(value);
}

void check_comparison(reader& in, const node& from, const label_params& read) {
    auto const* tolerance = from.find("tolerance");
    auto const* compare = from.find("compare");
    if (read.tolerance > 0 && read.compare != comparison::tolerance) {
        reader::scope const inside{in, "tolerance"};
        in.fail(*tolerance, "expected compare: tolerance beside a tolerance");
    }
    if (read.compare != comparison::equal && read.prediction.empty()) {
        reader::scope const inside{in, "compare"};
        in.fail(*compare, "expected a 'prediction' beside it, for nothing else is compared");
    }
}

class feedback_bind_shape final : public shape<params> {
 public:
    void read(reader& in, const node& from, params& to) const override {
        auto const parsed =
            from.kind == node::kind::text ? parse_host_port(from.text) : std::nullopt;
        if (!parsed || !(is_ipv4(parsed->host) || is_ipv6(parsed->host))) {
            in.fail(
                from,
                "expected an address and a port such as 127.0.0.1:9902, got " + shown(from),
                parsed && is_loopback(parsed->host) ? address_text({"127.0.0.1", parsed->port}) : ""
            );
            return;
        }
        to.address = parsed->host;
        to.port = parsed->port;
    }

    [[nodiscard]] json::value write(const params& from) const override {
        return from.address.empty() ? json::value(nullptr)
                                    : json::value(address_text({from.address, from.port}));
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "string"},
            {"pattern", "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$"}};
    }

    [[nodiscard]] shape_info info() const override { return {"ADDRESS:PORT", ""}; }
};

void check_reach(reader& in, const node& from, const params& read) {
    if (!read.address.empty() && !is_loopback(read.address) && !read.insecure) {
        reader::scope const inside{in, "bind"};
        in.fail(
            *from.find("bind"),
            "expected a loopback address, or insecure: true beside it, got " +
                in_quotes(read.address)
        );
    }
}

shape_ptr<params> feedback_mapping() {
    shape_ptr<params> const bind = std::make_shared<feedback_bind_shape>();
    return object<params>()
        .field(
            "bind",
            whole,
            bind,
            "A listener of its own for POST /feedback; port 0: any free one. None: the admin "
            "listener takes it."
        )
        .field(
            "insecure",
            &params::insecure,
            boolean(),
            "Allow an address beyond loopback without TLS."
        )
        .field(
            "token_env",
            &params::token,
            secret_from_environment(),
            "The environment variable that holds the bearer token, at least 16 bytes."
        )
        .field(
            "token_file",
            &params::token,
            secret_from_file(),
            "The file that holds the bearer token, at least 16 bytes."
        )
        .field(
            "rate_max",
            &params::rate_max,
            integer<std::uint32_t>({1, 1'000'000}),
            "Labels per second that are taken; more get 429."
        )
        .field(
            "age_max",
            &params::age_max,
            duration<milliseconds>({std::chrono::seconds{1}, std::chrono::hours{24 * 30}}),
            "How old an answer may be when its label comes; predictions wait as long."
        )
        .field(
            "predictions_max",
            &params::predictions_max,
            integer<std::uint32_t>({1, 10'000'000}),
            "Predictions that wait for the true value; the oldest goes first."
        )
        .exactly_one_of({"token_env", "token_file"})
        .check(check_reach)
        .build();
}

/// The key that is there switches it on.
class feedback_shape_type final : public shape<params> {
 public:
    void read(reader& in, const node& from, params& to) const override {
        to.enabled = true;
        mapping_->read(in, from, to);
    }

    [[nodiscard]] json::value write(const params& from) const override {
        return from.enabled ? mapping_->write(from) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return mapping_->schema(); }

    [[nodiscard]] shape_info info() const override { return mapping_->info(); }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        mapping_->list_keys(prefix, keys);
    }

 private:
    shape_ptr<params> mapping_ = feedback_mapping();
};

}  // namespace

shape_ptr<label_params> labels_shape() {
    auto const labels =
        object<label_params>()
            .field(
                "label",
                &label_params::label,
                answer_value_shape(),
                "Says whether the answer is right: true, right or 1, or false, wrong or 0."
            )
            .field(
                "score",
                &label_params::score,
                answer_value_shape(),
                "Says how good the answer is: a number."
            )
            .field(
                "prediction",
                &label_params::prediction,
                answer_value_shape(),
                "Says what was predicted; remembered until feedback tells the true value."
            )
            .field(
                "compare",
                &label_params::compare,
                choice<comparison>(
                    {{"equal", comparison::equal},
                     {"tolerance", comparison::tolerance},
                     {"set", comparison::set}}
                ),
                "How a prediction is right: the same value, a number near by, the same elements."
            )
            .field(
                "tolerance",
                &label_params::tolerance,
                number({0, 1e15, false}),
                "How far prediction and true value may be apart, with compare: tolerance."
            )
            .check(check_comparison)
            .build();
    return unless_empty(labels);
}

shape_ptr<params> feedback_shape() {
    return std::make_shared<feedback_shape_type>();
}

}  // namespace millrace::config
