// Files, directories, arguments, environment, time and an exit code through Rust's standard library.
// run: --dir .::/data --env COLOR=green PROGRAM alpha beta
// input: typed\n
// exit: 7
// output:
//   args ["alpha", "beta"], COLOR green
//   read "hello, world"
//   length 12, dir false
//   entries ["copy.txt", "sub"]
//   missing NotFound
//   input "typed\n"
//   slept true
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    println!("args {:?}, COLOR {}", args, std::env::var("COLOR").unwrap());

    File::create("/data/file.txt")?.write_all(b"hello")?;
    let mut file = OpenOptions::new().read(true).append(true).open("/data/file.txt")?;
    file.write_all(b", world")?;
    file.seek(SeekFrom::Start(0))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    println!("read {:?}", text);
    let info = file.metadata()?;
    println!("length {}, dir {}", info.len(), info.is_dir());

    fs::copy("/data/file.txt", "/data/copy.txt")?;
    fs::remove_file("/data/file.txt")?;
    fs::create_dir_all("/data/sub/deeper")?;
    let mut entries: Vec<String> = fs::read_dir("/data")?
        .map(|entry| entry.map(|e| e.file_name().into_string().unwrap()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    println!("entries {:?}", entries);
    println!("missing {:?}", File::open("/data/missing").unwrap_err().kind());
    assert_eq!(fs::remove_dir("/data/copy.txt").is_err(), true);
    assert_ne!(File::open("/data/../etc/passwd").unwrap_err().kind(), ErrorKind::AlreadyExists);
    fs::remove_dir_all("/data/sub")?;
    fs::remove_file("/data/copy.txt")?;

    let mut input = String::new();
    io::stdin().read_line(&mut input)?;
    println!("input {:?}", input);
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    println!("slept {}", start.elapsed() >= Duration::from_millis(20));
    std::process::exit(7);
}
