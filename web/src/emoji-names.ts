/** The names of the emoji that teams use most, as they are written between colons: `name character`, one after another. */
const LIST =
  'smile 😄 simple_smile 🙂 slightly_smiling_face 🙂 grinning 😀 grin 😁 joy 😂 rofl 🤣 laughing 😆 sweat_smile 😅 wink 😉 blush 😊 ' +
  'smiley 😃 relaxed ☺️ heart_eyes 😍 yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 sunglasses 😎 nerd_face 🤓 ' +
  'thinking_face 🤔 thinking 🤔 neutral_face 😐 expressionless 😑 unamused 😒 roll_eyes 🙄 face_with_rolling_eyes 🙄 grimacing 😬 ' +
  'confused 😕 slightly_frowning_face 🙁 disappointed 😞 worried 😟 cry 😢 sob 😭 angry 😠 rage 😡 scream 😱 flushed 😳 open_mouth 😮 ' +
  'astonished 😲 sleeping 😴 upside_down_face 🙃 hugging_face 🤗 shrug 🤷 facepalm 🤦 face_palm 🤦 see_no_evil 🙈 innocent 😇 ' +
  'smirk 😏 pensive 😔 persevere 😣 sweat 😓 triumph 😤 weary 😩 tired_face 😫 dizzy_face 😵 mask 😷 exploding_head 🤯 ' +
  '+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 wave 👋 pray 🙏 muscle 💪 point_up ☝️ point_up_2 👆 ' +
  'point_down 👇 point_left 👈 point_right 👉 raised_hand ✋ fist ✊ v ✌️ crossed_fingers 🤞 handshake 🤝 bow 🙇 ' +
  'heart ❤️ broken_heart 💔 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 sparkles ✨ star ⭐ star2 🌟 fire 🔥 boom 💥 100 💯 ' +
  'tada 🎉 confetti_ball 🎊 balloon 🎈 birthday 🎂 cake 🍰 gift 🎁 trophy 🏆 rocket 🚀 eyes 👀 white_check_mark ✅ ' +
  'heavy_check_mark ✔️ x ❌ warning ⚠️ question ❓ exclamation ❗ heavy_plus_sign ➕ bulb 💡 memo 📝 bug 🐛 lock 🔒 key 🔑 ' +
  'link 🔗 book 📖 books 📚 mag 🔍 hammer 🔨 wrench 🔧 gear ⚙️ computer 💻 phone ☎️ email 📧 calendar 📅 hourglass ⌛ zap ⚡ ' +
  'sunny ☀️ cloud ☁️ rainbow 🌈 snowflake ❄️ snowman ⛄ jack_o_lantern 🎃 ghost 👻 skull 💀 robot_face 🤖 alien 👽 christmas_tree 🎄 ' +
  'beer 🍺 beers 🍻 coffee ☕ tea 🍵 pizza 🍕 cookie 🍪 popcorn 🍿 dog 🐶 cat 🐱 turtle 🐢 snake 🐍 penguin 🐧 unicorn_face 🦄 poop 💩 hankey 💩 ' +
  'musical_note 🎵 headphones 🎧 checkered_flag 🏁 construction 🚧 rotating_light 🚨 no_entry ⛔ speech_balloon 💬 zzz 💤';

const WORDS = LIST.split(' ');
const CHARS = new Map(Array.from({ length: WORDS.length / 2 }, (_, i) => [WORDS[2 * i]!, WORDS[2 * i + 1]!]));

/** The character of a name without its colons; undefined for others, as a workspace's own pictures. */
export function emojiOf(name: string): string | undefined {
  // A tone of skin comes after two colons more.
  return CHARS.get(name.split('::')[0]!);
}
