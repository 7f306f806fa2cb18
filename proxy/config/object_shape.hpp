#pragma once

#include "proxy/config/object_rules.hpp"
#include "proxy/config/shape.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millrace::config {

/// A mapping with fixed keys that fill the members of a T. What an absent key means is what a
/// T{} holds there: defaults are written once, in the params.hpp of whoever uses them.
///
///   object<backend_ref>()
///       .required("backend", &backend_ref::backend, backend_name(), "Name of a backend.")
///       .field("weight", weight_value, integer<uint32_t>({0, 1'000'000}), "Its part.")
///       .later("priority", "Order of fallbacks.")
///       .build()
template <class T>
class object_shape final : public shape<T> {
 public:
    using check = std::function<void(reader&, const node&, const T&)>;

    /// A key. `access` is anything that std::invoke turns a T into a reference to a U with: a
    /// pointer to a member, or a generic lambda.
    template <class Access, class U>
    void add(field_facts facts, Access access, shape_ptr<U> inner) {
        rules_.add(std::move(facts));
        fields_.push_back(std::make_unique<bound_field<Access, U>>(access, std::move(inner)));
    }

    void add_later(field_facts facts) {
        rules_.add(std::move(facts));
        fields_.push_back(nullptr);
    }

    void add_group(key_group group) { rules_.add_group(std::move(group)); }

    void add_check(check next) { checks_.push_back(std::move(next)); }

    void read(reader& in, const node& from, T& to) const override {
        auto const errors_before = in.error_count();
        for (auto const& [index, entry] : rules_.match(in, from)) {
            reader::scope const inside{in, entry->key};
            fields_[index]->read(in, *entry->value, to);
        }
        // What is already wrong would only be told again in other words.
        if (in.error_count() == errors_before) {
            for (auto const& next : checks_) {
                next(in, from, to);
            }
        }
    }

    [[nodiscard]] json::value write(const T& from) const override {
        json::object out;
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            auto value = fields_[i] ? fields_[i]->write(from) : json::value(nullptr);
            if (!value.is_null()) {
                out[rules_.fields()[i].name] = std::move(value);
            }
        }
        return out.empty() ? json::value(nullptr) : json::value(std::move(out));
    }

    [[nodiscard]] json::object schema() const override {
        T const defaults{};
        std::vector<json::object> properties;
        for (auto const& next : fields_) {
            properties.push_back(next ? next->schema(defaults) : json::object{});
        }
        return rules_.schema(std::move(properties));
    }

    [[nodiscard]] shape_info info() const override { return {"mapping", ""}; }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        T const defaults{};
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            auto const& facts = rules_.fields()[i];
            auto const path = prefix.empty() ? facts.name : prefix + "." + facts.name;
            keys.push_back(rules_.describe(i, path));
            if (fields_[i]) {
                fields_[i]->describe(defaults, keys.back());
                fields_[i]->list_keys(path, keys);
            }
        }
    }

 private:
    /// A key's shape together with where its value lives, the type of the value forgotten.
    struct field {
        field() = default;
        field(const field&) = delete;
        field& operator=(const field&) = delete;
        virtual ~field() = default;
        virtual void read(reader& in, const node& from, T& to) const = 0;
        [[nodiscard]] virtual json::value write(const T& from) const = 0;
        [[nodiscard]] virtual json::object schema(const T& defaults) const = 0;
        virtual void describe(const T& defaults, key_info& info) const = 0;
        virtual void list_keys(const std::string& path, std::vector<key_info>& keys) const = 0;
    };

    template <class Access, class U>
    struct bound_field final : field {
        bound_field(Access where, shape_ptr<U> what) : access{where}, inner{std::move(what)} {}

        void read(reader& in, const node& from, T& to) const override {
            inner->read(in, from, std::invoke(access, to));
        }

        [[nodiscard]] json::value write(const T& from) const override {
            return inner->write(std::invoke(access, from));
        }

        [[nodiscard]] json::object schema(const T& defaults) const override {
            return with_default(inner->schema(), write(defaults));
        }

        void describe(const T& defaults, key_info& info) const override {
            complete(info, inner->info(), write(defaults));
        }

        void list_keys(const std::string& path, std::vector<key_info>& keys) const override {
            inner->list_keys(path, keys);
        }

        Access access;
        shape_ptr<U> inner;
    };

    object_rules rules_;
    std::vector<std::unique_ptr<field>> fields_;
    std::vector<check> checks_;
};

/// Builds an object_shape; one call per key, in the order of the reference.
template <class T>
class object {
 public:
    template <class Access, class U>
    object& field(std::string name, Access access, shape_ptr<U> inner, std::string about) {
        made_->add(field_facts{std::move(name), std::move(about)}, access, std::move(inner));
        return *this;
    }

    template <class Access, class U>
    object& required(std::string name, Access access, shape_ptr<U> inner, std::string about) {
        made_->add(field_facts{std::move(name), std::move(about), true}, access, std::move(inner));
        return *this;
    }

    /// A key of the language whose feature is not built yet.
    object& later(std::string name, std::string about) {
        made_->add_later(field_facts{std::move(name), std::move(about), false, true});
        return *this;
    }

    object& at_most_one_of(std::vector<std::string> names) {
        made_->add_group({std::move(names), false});
        return *this;
    }

    object& exactly_one_of(std::vector<std::string> names) {
        made_->add_group({std::move(names), true});
        return *this;
    }

    /// A rule over several members; runs when everything inside was read without an error.
    object& check(typename object_shape<T>::check next) {
        made_->add_check(std::move(next));
        return *this;
    }

    [[nodiscard]] shape_ptr<T> build() const { return made_; }

 private:
    std::shared_ptr<object_shape<T>> made_ = std::make_shared<object_shape<T>>();
};

/// Access to the whole value, for a key that fills several members of its mapping's T.
inline constexpr auto whole = [](auto& value) -> auto& {
    return value;
};

}  // namespace millrace::config
