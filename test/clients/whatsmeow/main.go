// Plays one linked device on whatsmeow against a simulated server, steered over stdin and stdout: a command a line in,
// an answer, an event or a line of whatsmeow's log a line out, all JSON. The first line in tells where the server is.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store/sqlstore"
	_ "modernc.org/sqlite"
)

// server is what a client must know of a server: the host and port of its WebSocket, the root of its Noise
// certificates in hexadecimal, the certificate authority of its TLS as PEM, and the file of the store.
type server struct {
	Address string `json:"address"`
	RootKey string `json:"rootKey"`
	CA      string `json:"ca"`
	Store   string `json:"store"`
}

type command struct {
	ID   int             `json:"id"`
	Do   string          `json:"do"`
	With json.RawMessage `json:"with"`
}

// out writes one line of JSON at a time.
type out struct {
	lock    sync.Mutex
	encoder *json.Encoder
}

func (o *out) say(line map[string]any) {
	o.lock.Lock()
	defer o.lock.Unlock()
	if err := o.encoder.Encode(line); err != nil {
		os.Exit(1) // nobody listens any more
	}
}

// transport dials the simulator whatever the host is called, and trusts its certificate authority alone. Files keep
// their own address: the server names it.
func transport(at server, everywhere bool) (*http.Transport, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(at.CA)) {
		return nil, fmt.Errorf("the certificate authority cannot be read")
	}
	result := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	if everywhere {
		result.TLSClientConfig.ServerName = "localhost"
		result.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, at.Address)
		}
	}
	return result, nil
}

func newClient(ctx context.Context, at server, to *out) (*whatsmeow.Client, error) {
	root, err := hex.DecodeString(at.RootKey)
	if err != nil || len(root) != len(whatsmeow.WACertPubKey) {
		return nil, fmt.Errorf("the root key cannot be read")
	}
	copy(whatsmeow.WACertPubKey[:], root)
	log := logger{to: to}
	address := "file:" + at.Store + "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=synchronous(0)&_pragma=journal_mode(memory)"
	container, err := sqlstore.New(ctx, "sqlite", address, log.Sub("Store"))
	if err != nil {
		return nil, err
	}
	device, err := container.GetFirstDevice(ctx)
	if err != nil {
		return nil, err
	}
	sockets, err := transport(at, true)
	if err != nil {
		return nil, err
	}
	files, err := transport(at, false)
	if err != nil {
		return nil, err
	}
	client := whatsmeow.NewClient(device, log)
	client.EmitAppStateEventsOnFullSync = true
	client.SetWebsocketHTTPClient(&http.Client{Transport: sockets})
	client.SetPreLoginHTTPClient(&http.Client{Transport: sockets})
	client.SetMediaHTTPClient(&http.Client{Transport: files})
	return client, nil
}

func run() error {
	ctx := context.Background()
	to := &out{encoder: json.NewEncoder(os.Stdout)}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	if !lines.Scan() {
		return fmt.Errorf("nothing says where the server is")
	}
	var at server
	if err := json.Unmarshal(lines.Bytes(), &at); err != nil {
		return err
	}
	client, err := newClient(ctx, at, to)
	if err != nil {
		return err
	}
	player := &player{client: client, to: to, heard: map[string]heard{}}
	client.AddEventHandler(player.handle)
	defer client.Disconnect()
	for lines.Scan() {
		var asked command
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		go player.answer(ctx, asked)
	}
	return lines.Err()
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
