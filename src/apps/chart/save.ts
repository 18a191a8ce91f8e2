import { button } from '../core/dom.ts';
import type { Host } from '../core/host.ts';
import type { Page } from '../core/page.ts';

/** Hands the picture out as a file, in both forms; nothing where the client takes no files. */
export function saveButtons(page: Page, host: Host, name: string, picture: () => SVGSVGElement | undefined) {
  if (!host.can.save) return [];
  const file = name.replace(/[^\p{L}\p{N} ._-]+/gu, '_').slice(0, 80) || 'picture';
  const save =
    (make: (text: string, size: [number, number]) => Promise<[string, string]>, ending: string) => async () => {
      const drawn = picture();
      if (!drawn) return;
      const text = new XMLSerializer().serializeToString(drawn);
      const [type, data] = await make(text, [drawn.viewBox.baseVal.width, drawn.viewBox.baseVal.height]);
      await host.save(`${file}.${ending}`, type, data);
      page.say(`Saved as ${ending.toUpperCase()}`);
    };
  const asSvg = save(async text => ['image/svg+xml', base64(text)], 'svg');
  const asPng = save(async (text, size) => ['image/png', await rasterized(text, size)], 'png');
  return [button('SVG', () => void asSvg().catch(page.fail)), button('PNG', () => void asPng().catch(page.fail))];
}

function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** In twice as many pixels, for print. */
async function rasterized(text: string, [width, height]: [number, number]): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;base64,${base64(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width * 2, height * 2];
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}
