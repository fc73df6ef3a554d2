#include "wirewatch/sdk/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wirewatch {
namespace {

using ::testing::HasSubstr;

enum class Mode { kOnce, kFollow };

struct Rule {
  std::string name;
  int32_t weight = 1;
};

struct Options {
  bool on = true;
  int32_t count = 3;
  uint32_t size_limit = 7;
  double ratio = 0.5;
  std::string title = "none";
  absl::Duration every = absl::Minutes(5);
  ByteSize budget = MiB(2);
  Path path;
  Secret token;
  Mode mode = Mode::kOnce;
  std::vector<std::string> words;
  std::optional<int32_t> most;
  Pattern pattern;
  Rule rule;
  std::vector<Rule> rules;
};

std::vector<FieldOf<Rule>> RuleFields() {
  return {Field("name", &Rule::name, "Name.").Required(), Field("weight", &Rule::weight, "Weight.").Range(0, 10)};
}

const std::vector<FieldOf<Options>>& Fields() {
  static const auto& fields = *new std::vector<FieldOf<Options>>{
      Field("on", &Options::on, "On."),
      Field("count", &Options::count, "Count.").Range(1, 9),
      Field("size_limit", &Options::size_limit, "Limit."),
      Field("ratio", &Options::ratio, "Ratio.").Range(0, 1),
      Field("title", &Options::title, "Title."),
      Field("every", &Options::every, "Period.").Range(absl::Seconds(1), absl::Hours(1)),
      Field("budget", &Options::budget, "Budget.").Range(KiB(1), MiB(8)),
      Field("path", &Options::path, "Path."),
      Field("token", &Options::token, "Token."),
      Choice("mode", &Options::mode, {{"once", Mode::kOnce}, {"follow", Mode::kFollow}}, "Mode."),
      Field("words", &Options::words, "Words."),
      Field("most", &Options::most, "Most.").Range(0, 5),
      Field("pattern", &Options::pattern, "Pattern."),
      Table("rule", &Options::rule, RuleFields(), "Rule."),
      TableList("rules", &Options::rules, RuleFields(), "Rules.")};
  return fields;
}

SourceLocation At(int line, int column) { return {std::make_shared<const std::string>("dir/p.yaml"), line, column}; }
Node Text(const std::string& text) { return Node::Scalar(text, At(2, 9)); }
Node With(const std::string& key, Node value) { return Node::Table({{key, At(2, 3), std::move(value)}}, At(1, 1)); }

std::string ErrorsOf(const Node& node, Options& options) {
  Diagnostics diagnostics;
  ParseFields(node, Fields(), "\"test\"", options, diagnostics);
  return diagnostics.ToString();
}
std::string ErrorsOf(const std::string& key, const std::string& value) {
  Options options;
  return ErrorsOf(With(key, Text(value)), options);
}
Options Parsed(const std::string& key, Node value) {
  Options options;
  EXPECT_EQ(ErrorsOf(With(key, std::move(value)), options), "");
  return options;
}

TEST(FieldTest, ReadsEveryType) {
  EXPECT_FALSE(Parsed("on", Text("false")).on);
  EXPECT_EQ(Parsed("count", Text("9")).count, 9);
  EXPECT_EQ(Parsed("ratio", Text("0.25")).ratio, 0.25);
  EXPECT_EQ(Parsed("every", Text("1m30s")).every, absl::Seconds(90));
  EXPECT_EQ(Parsed("budget", Text("1.5MiB")).budget.bytes, 1536u << 10);
  EXPECT_EQ(Parsed("mode", Text("follow")).mode, Mode::kFollow);
  EXPECT_EQ(Parsed("token", Text("s3cret")).token.Reveal(), "s3cret");
  EXPECT_EQ(Parsed("most", Text("4")).most, 4);
  EXPECT_EQ(Parsed("pattern", Text("a+b")).pattern.text(), "a+b");
}

TEST(FieldTest, OneValueMayStandForAListOfOne) {
  EXPECT_EQ(Parsed("words", Text("a")).words, std::vector<std::string>{"a"});
  EXPECT_EQ(Parsed("words", Node::List({Text("a"), Text("b")}, At(2, 9))).words.size(), 2u);
}

TEST(FieldTest, PathsAreRelativeToTheFileThatNamesThem) {
  EXPECT_EQ(Parsed("path", Text("in/x")).path.resolved, std::filesystem::absolute("dir/in/x").lexically_normal());
  EXPECT_EQ(Parsed("path", Text("/abs")).path.resolved, "/abs");
}

TEST(FieldTest, UnknownKeysNameTheNearest) {
  EXPECT_EQ(ErrorsOf("cuont", "1"),
            "dir/p.yaml:2:3: error: \"test\" has no option \"cuont\" (did you mean \"count\"?)");
  EXPECT_THAT(ErrorsOf("zzz", "1"), HasSubstr("its options are on, count"));
}

TEST(FieldTest, WrongTypesSayWhatWasExpected) {
  EXPECT_THAT(ErrorsOf("on", "yes"), HasSubstr("2:9: error: expected true or false, found \"yes\""));
  EXPECT_THAT(ErrorsOf("count", "3.5"), HasSubstr("expected a whole number"));
  EXPECT_THAT(ErrorsOf("count", "99999999999"), HasSubstr("out of range"));
  EXPECT_THAT(ErrorsOf("size_limit", "-1"), HasSubstr("a whole number of 0 or more"));
  EXPECT_THAT(ErrorsOf("every", "30"), HasSubstr("did you mean 30s?"));
  EXPECT_THAT(ErrorsOf("budget", "2 apples"), HasSubstr("expected a size such as"));
  EXPECT_THAT(ErrorsOf("mode", "folow"), HasSubstr("did you mean \"follow\"?"));
  EXPECT_THAT(ErrorsOf("pattern", "a("), HasSubstr("not a regular expression (RE2): missing ): a("));
}

TEST(FieldTest, BoundsAreToldInTheirUnits) {
  EXPECT_THAT(ErrorsOf("count", "10"), HasSubstr("\"count\" must be a value from 1 to 9, found 10"));
  EXPECT_THAT(ErrorsOf("every", "2h"), HasSubstr("from 1s to 1h"));
  EXPECT_THAT(ErrorsOf("budget", "9MiB"), HasSubstr("from 1KiB to 8MiB"));
}

TEST(FieldTest, NestedTablesAreCheckedToo) {
  Options options;
  const Node rules = Node::List({With("nam", Text("x")), With("name", Text("y"))}, At(3, 3));
  const std::string errors = ErrorsOf(With("rules", rules), options);
  EXPECT_THAT(errors, HasSubstr("\"rules\" has no option \"nam\" (did you mean \"name\"?)"));
  EXPECT_THAT(errors, HasSubstr("\"rules\" needs the option \"name\""));
  ASSERT_EQ(options.rules.size(), 2u);
  EXPECT_EQ(options.rules[1].name, "y");
}

TEST(FieldTest, AValueLeftOutIsAnError) {
  Options options;
  EXPECT_THAT(ErrorsOf(With("title", Node::Null(At(2, 9))), options), HasSubstr("\"title\" has no value"));
}

TEST(FieldTest, SecretsAreNeverShown) {
  Node secret = Text("hunter2");
  secret.set_secret(true);
  Options options;
  EXPECT_THAT(ErrorsOf(With("count", secret), options), testing::Not(HasSubstr("hunter2")));
  EXPECT_EQ(PrintValue(Secret("hunter2")), "***");
}

TEST(FieldTest, DescribesItselfWithDefaults) {
  const v1::FieldDescription every = Fields()[5].Describe(Options());
  EXPECT_EQ(every.type(), "duration");
  EXPECT_EQ(every.default_value(), "5m");
  EXPECT_EQ(every.maximum(), 3600);
  const v1::FieldDescription rules = Fields()[14].Describe(Options());
  EXPECT_TRUE(rules.list());
  ASSERT_EQ(rules.fields_size(), 2);
  EXPECT_TRUE(rules.fields(0).required());
}

}  // namespace
}  // namespace wirewatch
